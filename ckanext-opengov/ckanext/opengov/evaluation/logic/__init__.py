"""The action API of evaluation."""
