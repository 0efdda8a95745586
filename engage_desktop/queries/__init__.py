"""SQL over the typed tables, one module an area. Rules and screens hold no SQL."""
