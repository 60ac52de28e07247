"""The action API of open data."""
