/*
 * dlls/vcruntime140/x86_64/classes.S - the exception classes of the standard library as Microsoft's compiler lays them out:
 * type descriptors, run-time type information, vftables, copy constructors and throw information, all of it reached by
 * 32-bit offsets from cxx_classes, which stands for the image base of these classes.
 */
	.section pewter_cxx, "aw", @progbits
	.balign 16
	.globl cxx_classes
	.hidden cxx_classes
cxx_classes:

#define RVA(symbol) .long symbol - cxx_classes

/*
 * class name, decorated, size, copy function, properties, lineage...: lineage begins with the class itself and ends with
 * its root.  Defines vftable_NAME (two functions: the deleting destructor, what) and throw_NAME.
 */
.macro class name, decorated, size, copy, properties, bases, lineage:vararg
	.balign 16
type_\name:
	.quad 0, 0
	.asciz "\decorated"
	.balign 4
base_\name:
	RVA(type_\name)
	.long \bases, 0, -1, 0, 0x40
	RVA(hierarchy_\name)
hierarchy_\name:
	.long 0, 0, \bases + 1
	RVA(bases_\name)
bases_\name:
	.irp ancestor, \lineage
	RVA(base_\ancestor)
	.endr
locator_\name:
	.long 1, 0, 0
	RVA(type_\name)
	RVA(hierarchy_\name)
	RVA(locator_\name)
	.balign 8
	.quad locator_\name
	.globl vftable_\name
	.hidden vftable_\name
vftable_\name:
	.quad cxx_exception_delete, cxx_exception_what
catchable_\name:
	.long \properties
	RVA(type_\name)
	.long 0, -1, 0, \size
	RVA(copy_\name)
catchables_\name:
	.long \bases + 1
	.irp ancestor, \lineage
	RVA(catchable_\ancestor)
	.endr
	.globl throw_\name
	.hidden throw_\name
throw_\name:
	.long 0
	RVA(cxx_exception_destroy)
	.long 0
	RVA(catchables_\name)
	.pushsection .text
	/* copy constructor (rcx this, rdx from): the common one, with this class's vftable in r8 */
copy_\name:
	leaq vftable_\name(%rip), %r8
	jmp \copy
	.popsection
.endm

	class exception, ".?AVexception@std@@", 24, cxx_exception_copy, 0, 0, exception
	class bad_alloc, ".?AVbad_alloc@std@@", 24, cxx_exception_copy, 16, 1, bad_alloc, exception
	class bad_function_call, ".?AVbad_function_call@std@@", 24, cxx_exception_copy, 0, 1, bad_function_call, exception
	class bad_cast, ".?AVbad_cast@std@@", 24, cxx_exception_copy, 0, 1, bad_cast, exception
	class bad_exception, ".?AVbad_exception@std@@", 24, cxx_exception_copy, 0, 1, bad_exception, exception
	class bad_typeid, ".?AVbad_typeid@std@@", 24, cxx_exception_copy, 0, 1, bad_typeid, exception
	class non_rtti_object, ".?AV__non_rtti_object@std@@", 24, cxx_exception_copy, 0, 2, non_rtti_object, bad_typeid, exception
	class logic_error, ".?AVlogic_error@std@@", 24, cxx_exception_copy, 0, 1, logic_error, exception
	class invalid_argument, ".?AVinvalid_argument@std@@", 24, cxx_exception_copy, 0, 2, invalid_argument, logic_error, exception
	class length_error, ".?AVlength_error@std@@", 24, cxx_exception_copy, 0, 2, length_error, logic_error, exception
	class out_of_range, ".?AVout_of_range@std@@", 24, cxx_exception_copy, 0, 2, out_of_range, logic_error, exception
	class runtime_error, ".?AVruntime_error@std@@", 24, cxx_exception_copy, 0, 1, runtime_error, exception
	class overflow_error, ".?AVoverflow_error@std@@", 24, cxx_exception_copy, 0, 2, overflow_error, runtime_error, exception
	class range_error, ".?AVrange_error@std@@", 24, cxx_exception_copy, 0, 2, range_error, runtime_error, exception
	class regex_error, ".?AVregex_error@std@@", 32, cxx_regex_error_copy, 0, 2, regex_error, runtime_error, exception
	class system_error_base, ".?AV_System_error@std@@", 40, cxx_system_error_copy, 0, 2, system_error_base, runtime_error, exception
	class system_error, ".?AVsystem_error@std@@", 40, cxx_system_error_copy, 0, 3, system_error, system_error_base, runtime_error, exception
	class failure, ".?AVfailure@ios_base@std@@", 40, cxx_system_error_copy, 0, 4, failure, system_error, system_error_base, runtime_error, exception
	/* msvcrt.dll's own, which are in no namespace. */
	class old_exception, ".?AVexception@@", 24, cxx_exception_copy, 0, 0, old_exception
	class old_bad_cast, ".?AVbad_cast@@", 24, cxx_exception_copy, 0, 1, old_bad_cast, old_exception
	class old_bad_typeid, ".?AVbad_typeid@@", 24, cxx_exception_copy, 0, 1, old_bad_typeid, old_exception
	class old_non_rtti_object, ".?AV__non_rtti_object@@", 24, cxx_exception_copy, 0, 2, old_non_rtti_object, old_bad_typeid, old_exception

	.section .note.GNU-stack, "", @progbits
