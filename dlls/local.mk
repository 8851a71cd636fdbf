dlls_sources =
