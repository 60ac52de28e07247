"""The action API of the civic kit."""
