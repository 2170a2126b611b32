"""Learns from logged decisions which strategy to pick, and judges it before it runs."""
