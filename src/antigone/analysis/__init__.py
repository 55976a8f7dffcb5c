# SPDX-License-Identifier: Apache-2.0
"""From records to science and back: inputs, then a run stored with its provenance."""
