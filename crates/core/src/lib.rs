//! Pure rules of Beckon: values in, values out. No clock, no I/O, no SQL.
