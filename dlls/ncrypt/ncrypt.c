/*
 * dlls/ncrypt/ncrypt.c - the builtin ncrypt.dll: its BCrypt functions are bcrypt's.  Key storage is not provided.
 */
#include "pewter/export.h"

DEFINE_DLL(ncrypt, .name = "ncrypt.dll");

EXPORT_FORWARD(ncrypt, "BCryptCloseAlgorithmProvider", "BCRYPT.BCryptCloseAlgorithmProvider");
EXPORT_FORWARD(ncrypt, "BCryptCreateHash", "BCRYPT.BCryptCreateHash");
EXPORT_FORWARD(ncrypt, "BCryptDestroyHash", "BCRYPT.BCryptDestroyHash");
EXPORT_FORWARD(ncrypt, "BCryptDuplicateHash", "BCRYPT.BCryptDuplicateHash");
EXPORT_FORWARD(ncrypt, "BCryptFinishHash", "BCRYPT.BCryptFinishHash");
EXPORT_FORWARD(ncrypt, "BCryptGenRandom", "BCRYPT.BCryptGenRandom");
EXPORT_FORWARD(ncrypt, "BCryptGetProperty", "BCRYPT.BCryptGetProperty");
EXPORT_FORWARD(ncrypt, "BCryptHash", "BCRYPT.BCryptHash");
EXPORT_FORWARD(ncrypt, "BCryptHashData", "BCRYPT.BCryptHashData");
EXPORT_FORWARD(ncrypt, "BCryptOpenAlgorithmProvider", "BCRYPT.BCryptOpenAlgorithmProvider");
