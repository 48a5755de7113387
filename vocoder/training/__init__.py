"""Training of vocoders: the only part of this package that needs torch and Lightning."""
