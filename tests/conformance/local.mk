# Rows of the NT facts as Windows programs; each check names its row.  Add tests/conformance/NAME.exe here: built and run as guest tests are.

conformance_programs = \
	tests/conformance/execution_rows_alerts.exe \
	tests/conformance/execution_rows_blocks.exe \
	tests/conformance/execution_rows_console.exe \
	tests/conformance/execution_rows_apc.exe \
	tests/conformance/execution_rows_contexts.exe \
	tests/conformance/execution_rows_create.exe \
	tests/conformance/execution_rows_dispatch.exe \
	tests/conformance/execution_rows_faults.exe \
	tests/conformance/execution_rows_handles.exe \
	tests/conformance/execution_rows_ids.exe \
	tests/conformance/execution_rows_loading.exe \
	tests/conformance/execution_rows_locks.exe \
	tests/conformance/execution_rows_modules.exe \
	tests/conformance/execution_rows_names.exe \
	tests/conformance/execution_rows_pool.exe \
	tests/conformance/execution_rows_pool_timers.exe \
	tests/conformance/execution_rows_ports.exe \
	tests/conformance/execution_rows_process.exe \
	tests/conformance/execution_rows_special_apc.exe \
	tests/conformance/execution_rows_storage.exe \
	tests/conformance/execution_rows_sync.exe \
	tests/conformance/execution_rows_threads.exe \
	tests/conformance/execution_rows_unwind.exe \
	tests/conformance/execution_rows_unwind_data.exe \
	tests/conformance/execution_rows_xstate.exe \
	tests/conformance/heap_rows_blocks.exe \
	tests/conformance/heap_rows_create.exe \
	tests/conformance/heap_rows_crt.exe \
	tests/conformance/heap_rows_debug.exe \
	tests/conformance/heap_rows_global.exe \
	tests/conformance/heap_rows_info.exe \
	tests/conformance/heap_rows_memory.exe \
	tests/conformance/heap_rows_process.exe \
	tests/conformance/heap_rows_realloc.exe \
	tests/conformance/heap_rows_walk.exe \
	tests/conformance/memory_model.exe \
	tests/conformance/memory_hints.exe \
	tests/conformance/memory_physical.exe \
	tests/conformance/memory_rows_allocate.exe \
	tests/conformance/memory_rows_free.exe \
	tests/conformance/memory_rows_images.exe \
	tests/conformance/memory_rows_info.exe \
	tests/conformance/memory_rows_lock.exe \
	tests/conformance/memory_rows_mapping.exe \
	tests/conformance/memory_rows_placeholders.exe \
	tests/conformance/memory_rows_protect.exe \
	tests/conformance/memory_rows_query.exe \
	tests/conformance/memory_rows_sections.exe \
	tests/conformance/memory_rows_shared.exe \
	tests/conformance/memory_rows_stacks.exe \
	tests/conformance/memory_rows_watch.exe

guest_libs_heap_rows_debug = -ladvapi32
guest_libs_memory_physical = -ladvapi32
guest_libs_memory_rows_info = -lpsapi
conformance_sources = $(conformance_programs:.exe=.c)
EXTRA_DIST += tests/conformance/traces.sh tests/conformance/sample.replay tests/conformance/trace_replay.c
EXTRA_DIST += tests/conformance/memory_rows.h tests/conformance/memory_rows_sections.h $(conformance_sources) tests/conformance/README.md tests/conformance/README-heap.md

EXTRA_DIST += tests/conformance/execution_threads.h tests/conformance/README-execution.md tests/conformance/execution_rows.h tests/conformance/execution_objects.h \
	tests/conformance/execution_frames.h

if HAVE_MINGW
check_DATA += $(conformance_programs) tests/conformance/trace_replay.exe
TESTS += $(conformance_programs) tests/conformance/traces.sh
endif

tests/conformance/memory_model.exe: $(top_srcdir)/tests/unit/mm_model.h $(top_srcdir)/tests/unit/mm_model.c \
	$(top_srcdir)/tests/unit/mm_model_private.c $(top_srcdir)/tests/unit/mm_model_views.c
tests/conformance/%.exe: $(top_srcdir)/tests/conformance/%.c $(top_srcdir)/tests/guest/guest.h
	@$(MKDIR_P) tests/conformance
	$(AM_V_CC)$(MINGW_CC) -O1 -g -Wall -Wno-format -o $@ $< $(guest_libs_$*) -lntdll
CLEANFILES += $(conformance_programs) tests/conformance/trace_replay.exe

# The DLLs of execution_rows_process.c, execution_rows_modules.c and execution_rows_loading.c.
EXTRA_DIST += tests/conformance/execution_rows_detach.c tests/conformance/execution_rows_refuses.c tests/conformance/execution_rows_target.c \
	tests/conformance/execution_rows_forward.def
tests/conformance/execution_rows_process.exe tests/conformance/execution_rows_dispatch.exe: tests/conformance/execution_rows_detach.dll
tests/conformance/execution_rows_modules.exe: tests/conformance/execution_rows_target.dll \
	tests/conformance/execution_rows_forward.dll
tests/conformance/execution_rows_loading.exe: tests/conformance/execution_rows_refuses.dll tests/conformance/execution_rows_detach.dll
guest_libs_execution_rows_loading = tests/conformance/execution_rows_target.dll
tests/conformance/execution_rows_refuses.dll: tests/conformance/execution_rows_target.dll
tests/conformance/execution_rows_%.dll: $(top_srcdir)/tests/conformance/execution_rows_%.c
	@$(MKDIR_P) tests/conformance
	$(AM_V_CC)$(MINGW_CC) -O1 -shared -o $@ $< $(filter %.dll,$^)
tests/conformance/execution_rows_forward.dll: $(top_srcdir)/tests/conformance/execution_rows_forward.def
	@$(MKDIR_P) tests/conformance
	$(AM_V_CC)$(MINGW_CC) -shared -o $@ -x c /dev/null -x none $<
CLEANFILES += tests/conformance/execution_rows_detach.dll tests/conformance/execution_rows_refuses.dll tests/conformance/execution_rows_target.dll \
	tests/conformance/execution_rows_forward.dll
