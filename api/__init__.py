"""Every way in: HTTP and the command line. The only package that reads settings and speaks to the outside."""
