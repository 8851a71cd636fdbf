# Self-asserting Windows programs.  Add tests/guest/NAME.exe here and NAME.c is built with mingw-w64 and run under pewter.
# Libraries beyond the default ones: guest_libs_NAME = -lole32 ...

guest_programs = \
	tests/guest/accounts.exe \
	tests/guest/activation_contexts.exe \
	tests/guest/address_text.exe \
	tests/guest/cancel_io.exe \
	tests/guest/certificates.exe \
	tests/guest/com_apartments.exe \
	tests/guest/com_shell.exe \
	tests/guest/comm_ports.exe \
	tests/guest/command_processor.exe \
	tests/guest/commit_limit.exe \
	tests/guest/continue_handlers.exe \
	tests/guest/crt_library.exe \
	tests/guest/crt_locales.exe \
	tests/guest/crt_strings.exe \
	tests/guest/current_directory.exe \
	tests/guest/control_break.exe \
	tests/guest/cxx_frame4.exe \
	tests/guest/debugger.exe \
	tests/guest/debugger_attach.exe \
	tests/guest/debugger_threads.exe \
	tests/guest/delay_load.exe \
	tests/guest/directory_changes.exe \
	tests/guest/domain_names.exe \
	tests/guest/environment_api.exe \
	tests/guest/event_provider.exe \
	tests/guest/execution_calls.exe \
	tests/guest/execution_exceptions.exe \
	tests/guest/execution_fibers.exe \
	tests/guest/execution_threads.exe \
	tests/guest/file_api.exe \
	tests/guest/file_classes.exe \
	tests/guest/file_processes.exe \
	tests/guest/file_security.exe \
	tests/guest/find_names.exe \
	tests/guest/handle_torture.exe \
	tests/guest/heap_snapshot.exe \
	tests/guest/heap_threads.exe \
	tests/guest/imaging.exe \
	tests/guest/job_of_itself.exe \
	tests/guest/job_memory.exe \
	tests/guest/job_objects.exe \
	tests/guest/loader.exe \
	tests/guest/local_unwind.exe \
	tests/guest/machine_registry.exe \
	tests/guest/lock_requests.exe \
	tests/guest/locks_in_use.exe \
	tests/guest/memory_api.exe \
	tests/guest/message_format.exe \
	tests/guest/msvcp.exe \
	tests/guest/msvcrt_stdio.exe \
	tests/guest/named_pipes.exe \
	tests/guest/icmp_echo.exe \
	tests/guest/network.exe \
	tests/guest/nls_api.exe \
	tests/guest/nls_locales.exe \
	tests/guest/no_desktop.exe \
	tests/guest/no_package.exe \
	tests/guest/nt_files.exe \
	tests/guest/nt_names.exe \
	tests/guest/other_handles.exe \
	tests/guest/other_process.exe \
	tests/guest/parent_process.exe \
	tests/guest/path_text.exe \
	tests/guest/pipe_disconnect.exe \
	tests/guest/process_api.exe \
	tests/guest/profile_strings.exe \
	tests/guest/registry_hives.exe \
	tests/guest/registry_security.exe \
	tests/guest/registry_values.exe \
	tests/guest/reparse_points.exe \
	tests/guest/resources.exe \
	tests/guest/rtl_strings.exe \
	tests/guest/scheduling_api.exe \
	tests/guest/security_packages.exe \
	tests/guest/self_unpacking.exe \
	tests/guest/services.exe \
	tests/guest/shared_objects.exe \
	tests/guest/shared_torture.exe \
	tests/guest/shell_strings.exe \
	tests/guest/sockets.exe \
	tests/guest/sockets_afd.exe \
	tests/guest/sockets_overlapped.exe \
	tests/guest/sockets_processes.exe \
	tests/guest/sockets_torture.exe \
	tests/guest/standard_handles.exe \
	tests/guest/stress_threads.exe \
	tests/guest/symbols.exe \
	tests/guest/thread_messages.exe \
	tests/guest/time_api.exe \
	tests/guest/tokens.exe \
	tests/guest/ucrt_library.exe \
	tests/guest/ucrt_locales.exe \
	tests/guest/ucrt_stdio.exe \
	tests/guest/undecorated_names.exe \
	tests/guest/update_resources.exe \
	tests/guest/url_text.exe \
	tests/guest/user_api.exe \
	tests/guest/wait_packets.exe \
	tests/guest/working_set.exe

guest_libs_address_text = -lntdll -lws2_32
guest_libs_accounts = -lnetapi32 -ladvapi32
guest_libs_certificates = -lcrypt32
guest_libs_com_apartments = -lole32 -luuid
guest_libs_com_shell = -lole32 -loleaut32 -lshell32 -lshlwapi -luuid
guest_libs_other_process = -lntdll -lpsapi
guest_libs_debugger = -lntdll
guest_libs_debugger_attach = -lntdll
guest_libs_debugger_threads = -lntdll
guest_libs_delay_load = -Ltests/guest -ldelay_load -ldelay_load_none -ldelayimp
guest_libs_event_provider = -ladvapi32
guest_libs_imaging = -lole32 -lwindowscodecs -luuid
guest_libs_machine_registry = -ladvapi32
guest_libs_icmp_echo = -lws2_32 -liphlpapi
guest_libs_network = -lws2_32 -liphlpapi
guest_libs_sockets = -lws2_32
guest_libs_sockets_afd = -lws2_32 -lntdll
guest_libs_sockets_overlapped = -lws2_32
guest_libs_sockets_processes = -lws2_32
guest_libs_sockets_torture = -lws2_32
guest_libs_no_desktop = -luser32 -lgdi32 -limm32
guest_libs_path_text = -lpathcch
guest_libs_registry_hives = -ladvapi32
guest_libs_registry_security = -ladvapi32 -lbcrypt
guest_libs_registry_values = -ladvapi32 -lshlwapi
guest_libs_rtl_strings = -lntdll
guest_libs_shell_strings = -lshlwapi
guest_libs_resources = -Itests/guest tests/guest/resources.res -luser32 -lversion
guest_libs_execution_threads = -lsynchronization
# Linked with the api sets of the Universal C Runtime instead of msvcrt.dll.
guest_libs_ucrt_library = $(guest_libs_ucrt_stdio)
guest_libs_ucrt_locales = $(guest_libs_ucrt_stdio)
guest_libs_ucrt_stdio = -D_UCRT -nodefaultlibs -lmingw32 -lmoldname -lmingwex -lgcc -lucrt -lkernel32
guest_libs_security_packages = -lsecur32
guest_libs_symbols = -ldbghelp
guest_libs_thread_messages = -luser32
guest_libs_update_resources = -Itests/guest tests/guest/resources.res
guest_libs_url_text = -lshlwapi
guest_libs_user_api = -luser32 -lgdi32 -lversion -lwinmm
guest_sources = $(guest_programs:.exe=.c)
EXTRA_DIST += tests/guest/debuggee.h tests/guest/guest.h $(guest_sources)

# Run by tests/sockets-native.sh, with a program of Linux on the other side.
noinst_PROGRAMS += tests/sockets_peer
EXTRA_DIST += tests/guest/sockets_native.c tests/sockets-native.sh
TESTS += tests/sockets-native.sh
guest_libs_sockets_native = -lws2_32
if HAVE_MINGW
check_DATA += tests/guest/sockets_native.exe
endif
CLEANFILES += tests/guest/sockets_native.exe

# Run by tests/registry.sh, with stores of its own.
EXTRA_DIST += tests/guest/registry_model.c tests/guest/registry_shared.c tests/registry.sh
TESTS += tests/registry.sh
guest_libs_registry_model = -ladvapi32
guest_libs_registry_shared = -ladvapi32
if HAVE_MINGW
check_DATA += tests/guest/registry_model.exe tests/guest/registry_shared.exe
endif
CLEANFILES += tests/guest/registry_model.exe tests/guest/registry_shared.exe

# Run by tests/fragmented.sh.
EXTRA_DIST += tests/guest/fragmented.c tests/fragmented.sh
TESTS += tests/fragmented.sh
# The limit is the system's in one run and an option's in the other.
EXTRA_DIST += tests/commit-limit.sh
EXTRA_DIST += tests/guest/touch.h tests/guest/in_page_error.c tests/in-page-error.sh tests/image-cache.sh
TESTS += tests/commit-limit.sh
if HAVE_MINGW
check_DATA += tests/guest/fragmented.exe tests/guest/in_page_error.exe
TESTS += tests/in-page-error.sh tests/image-cache.sh
check_DATA += $(guest_programs)
TESTS += $(guest_programs)
endif

tests/guest/%.exe: $(top_srcdir)/tests/guest/%.c $(top_srcdir)/tests/guest/guest.h
	@$(MKDIR_P) tests/guest
	$(AM_V_CC)$(MINGW_CC) -O1 -g -Wall -Wno-format -o $@ $< $(guest_libs_$*) -lntdll
CLEANFILES += $(guest_programs) tests/guest/fragmented.exe

# The tools beside the compiler: windres, windmc, dlltool.
MINGW_PREFIX = $(MINGW_CC:gcc=)

EXE_LOG_COMPILER = ./pewter

# The DLLs of loader.c.
EXTRA_DIST += tests/guest/loader_a.def tests/guest/loader_dll.c
tests/guest/loader_b.dll: $(top_srcdir)/tests/guest/loader_dll.c
	@$(MKDIR_P) tests/guest
	$(AM_V_CC)$(MINGW_CC) -O1 -shared -DB -o $@ $< -Wl,--out-implib,tests/guest/libloader_b.a
tests/guest/loader_a.dll: $(top_srcdir)/tests/guest/loader_dll.c $(top_srcdir)/tests/guest/loader_a.def tests/guest/loader_b.dll
	$(AM_V_CC)$(MINGW_CC) -O1 -shared -o $@ $< $(top_srcdir)/tests/guest/loader_a.def -Ltests/guest -lloader_b
if HAVE_MINGW
check_DATA += tests/guest/loader_a.dll tests/guest/loader_b.dll
endif
CLEANFILES += tests/guest/loader_a.dll tests/guest/loader_b.dll tests/guest/libloader_b.a

# Run by tests/heap-corruption.sh, which looks at how it ends.
EXTRA_DIST += tests/guest/heap_corruption.c tests/heap-corruption.sh
TESTS += tests/heap-corruption.sh
if HAVE_MINGW
check_DATA += tests/guest/heap_corruption.exe
endif
CLEANFILES += tests/guest/heap_corruption.exe

# Run by tests/heap-debug.sh.
EXTRA_DIST += tests/guest/heap_damage.c tests/heap-debug.sh
TESTS += tests/heap-debug.sh
if HAVE_MINGW
check_DATA += tests/guest/heap_damage.exe
endif
CLEANFILES += tests/guest/heap_damage.exe

# Run by tests/cli.sh.
EXTRA_DIST += tests/cli.sh tests/guest/cli.c tests/guest/cli_missing.c tests/guest/cli_missing.def
TESTS += tests/cli.sh
guest_libs_cli = -municode
guest_libs_cli_missing = -Ltests/guest -lcli_missing
if HAVE_MINGW
check_DATA += tests/guest/cli.exe tests/guest/cli_missing.exe
endif
tests/guest/cli_missing.exe: tests/guest/libcli_missing.a
tests/guest/libcli_missing.a: $(top_srcdir)/tests/guest/cli_missing.def
	@$(MKDIR_P) tests/guest
	$(AM_V_GEN)$(MINGW_PREFIX)dlltool -d $< -l $@
CLEANFILES += tests/guest/cli.exe tests/guest/cli_missing.exe tests/guest/libcli_missing.a

# The DLL of delay_load.c, and one that is not there.
EXTRA_DIST += tests/guest/delay_load.def tests/guest/delay_load_dll.c tests/guest/delay_load_none.def
tests/guest/delay_load.exe: tests/guest/libdelay_load.a tests/guest/libdelay_load_none.a tests/guest/delay_load_dll.dll
tests/guest/libdelay_load.a: $(top_srcdir)/tests/guest/delay_load.def
	@$(MKDIR_P) tests/guest
	$(AM_V_GEN)$(MINGW_PREFIX)dlltool -d $< --output-delaylib $@
tests/guest/libdelay_load_none.a: $(top_srcdir)/tests/guest/delay_load_none.def
	@$(MKDIR_P) tests/guest
	$(AM_V_GEN)$(MINGW_PREFIX)dlltool -d $< --output-delaylib $@
tests/guest/delay_load_dll.dll: $(top_srcdir)/tests/guest/delay_load_dll.c
	@$(MKDIR_P) tests/guest
	$(AM_V_CC)$(MINGW_CC) -O1 -shared -o $@ $<
CLEANFILES += tests/guest/delay_load_dll.dll tests/guest/libdelay_load.a tests/guest/libdelay_load_none.a

# The resources of resources.c.
EXTRA_DIST += tests/guest/resources.h tests/guest/resources.rc tests/guest/resources_messages.mc
tests/guest/resources.exe tests/guest/update_resources.exe: tests/guest/resources.res $(top_srcdir)/tests/guest/resources.h
tests/guest/resources_messages.rc: $(top_srcdir)/tests/guest/resources_messages.mc
	@$(MKDIR_P) tests/guest
	$(AM_V_GEN)$(MINGW_PREFIX)windmc -h tests/guest -r tests/guest $<
tests/guest/resources.res: $(top_srcdir)/tests/guest/resources.rc tests/guest/resources_messages.rc
	$(AM_V_GEN)$(MINGW_PREFIX)windres -O coff -I tests/guest -I $(top_srcdir)/tests/guest $< $@
CLEANFILES += tests/guest/resources.res tests/guest/resources_messages.rc tests/guest/resources_messages.h \
	tests/guest/MSG00407.bin tests/guest/MSG00409.bin

# self_unpacking.c is linked for its base and packed; the stub is flat code.
noinst_PROGRAMS += tests/guest/pack
tests_guest_pack_SOURCES = tests/guest/pack.c tests/guest/pack.h
EXTRA_DIST += tests/guest/pack_stub.c
tests/guest/pack_stub.bin: $(top_srcdir)/tests/guest/pack_stub.c $(top_srcdir)/tests/guest/pack.h
	@$(MKDIR_P) tests/guest
	$(AM_V_CC)$(MINGW_CC) -O1 -ffreestanding -fno-toplevel-reorder -fno-asynchronous-unwind-tables -Wall -c -o $@.o $<
	@$(MINGW_PREFIX)objcopy -O binary -j .text $@.o $@
tests/guest/self_unpacking.bin: $(top_srcdir)/tests/guest/self_unpacking.c $(top_srcdir)/tests/guest/guest.h
	@$(MKDIR_P) tests/guest
	$(AM_V_CC)$(MINGW_CC) -O1 -s -Wall -Wno-format -Wl,--disable-dynamicbase,--disable-high-entropy-va -o $@ $<
tests/guest/self_unpacking.exe: tests/guest/self_unpacking.bin tests/guest/pack_stub.bin tests/guest/pack
	$(AM_V_GEN)tests/guest/pack tests/guest/self_unpacking.bin tests/guest/pack_stub.bin $@
CLEANFILES += tests/guest/pack_stub.bin tests/guest/pack_stub.bin.o tests/guest/self_unpacking.bin

# Longer than make check has time for.
STRESS_SECONDS = 120
stress-shared: pewter tests/guest/shared_torture.exe
	./pewter tests/guest/shared_torture.exe $(STRESS_SECONDS)
.PHONY: stress-shared
