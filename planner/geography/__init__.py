"""Travel and reach; the only place where distances are measured."""
