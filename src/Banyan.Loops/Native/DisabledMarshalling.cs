// What crosses into libc and libssl is plain memory and pointers; the runtime copies and converts nothing.
[assembly: System.Runtime.CompilerServices.DisableRuntimeMarshalling]
