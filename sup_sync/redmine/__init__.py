"""The one district that speaks to Redmine: session, reader, writer, decoding, wiki, preflight, provisioning."""
