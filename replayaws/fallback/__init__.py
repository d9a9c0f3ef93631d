"""The fallback: moto, in process, answers the calls that no cassette holds."""
