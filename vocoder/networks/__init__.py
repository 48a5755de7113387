"""Neural vocoders in torch; inference runs their ONNX exports without torch."""
