"""The only importer of SpiffWorkflow. Pure: (spec, state, input, now, calendar) -> Snapshot."""
