//! Imitations of Cognito and of an Atlassian site: stateful, strict where the originals are strict, with switches for faults.
