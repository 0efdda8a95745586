"""Events, venues and what people need to take part: plain rules on records."""
