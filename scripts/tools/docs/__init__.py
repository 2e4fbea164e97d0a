"""The generated docs: pages, schemas, pictures, the manual page, and the site."""
