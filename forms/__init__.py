"""Forms: what a person fills in. The definitions (form-js JSON) and the pure code that reads them."""
