//! Records that show what no program can see: `evidence/*.yaml`.
