"""The planned changes in Redmine and the notices that are due."""
