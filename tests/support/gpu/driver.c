/* NVIDIA's driver as far as r50 asks it, of a machine with two GPUs, of which the second is ill. */
#include <string.h>

int cuInit(unsigned flags) { return (int)flags; }

int cuDeviceGetCount(int* count) {
  *count = 2;
  return 0;
}

int cuDeviceGet(int* device, int place) {
  *device = 40 + place;
  return 0;
}

int cuDeviceGetName(char* name, int length, int device) {
  if (device != 40) return 999;
  strncpy(name, "NVIDIA Made Up 9000", (size_t)length);
  return 0;
}
