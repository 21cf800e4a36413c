"""Between file and engine: what each modeler writes in its own way, read as the one thing that BPMN 2.0 means by it."""
