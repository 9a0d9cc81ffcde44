//! Helpers that the backends share: indentation, doc comments, wrapped lines.
