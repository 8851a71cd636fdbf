/*
 * dlls/advapi32/events.c - the provider side of event tracing is ntdll's; advapi32 forwards to it, as on Windows.
 */
#include "pewter/export.h"

EXPORT_FORWARD(advapi32, "EventActivityIdControl", "NTDLL.EtwEventActivityIdControl");
EXPORT_FORWARD(advapi32, "EventEnabled", "NTDLL.EtwEventEnabled");
EXPORT_FORWARD(advapi32, "EventProviderEnabled", "NTDLL.EtwEventProviderEnabled");
EXPORT_FORWARD(advapi32, "EventRegister", "NTDLL.EtwEventRegister");
EXPORT_FORWARD(advapi32, "EventSetInformation", "NTDLL.EtwEventSetInformation");
EXPORT_FORWARD(advapi32, "EventUnregister", "NTDLL.EtwEventUnregister");
EXPORT_FORWARD(advapi32, "EventWrite", "NTDLL.EtwEventWrite");
EXPORT_FORWARD(advapi32, "EventWriteEx", "NTDLL.EtwEventWriteEx");
EXPORT_FORWARD(advapi32, "EventWriteString", "NTDLL.EtwEventWriteString");
EXPORT_FORWARD(advapi32, "EventWriteTransfer", "NTDLL.EtwEventWriteTransfer");
