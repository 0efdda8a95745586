"""Rules about stakeholders: plain functions on values, without files, SQL or windows."""
