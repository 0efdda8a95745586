"""Shared places on servers: WebDAV, SFTP and S3-compatible object stores, through fsspec.

The libraries that talk to a server are imported only when such a place is used. `address` says
what an officer may write, `book` what this laptop remembers, `login` where its password is kept,
`base` what is the same for every kind, and one file each speaks to one kind of server.
"""
