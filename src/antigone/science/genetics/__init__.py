# SPDX-License-Identifier: Apache-2.0
"""Likelihoods of pedigrees and what follows from them."""
