/*
 * dlls/windowscodecs/source.c - sources made from sources: bitmaps, the format converter, scaler, clipper and
 * flip-rotator.
 *
 * All are one object, an image with a different last method.  The converter and the transforms take everything from
 * their source when pixels are first asked for, and keep it: Windows recomputes on each call, which no program can
 * tell apart unless it changes the source in between.
 */
#include "dlls/windowscodecs/wic.h"

struct wic_object {
	IWICBitmapSource iface;
	LONG references;
	struct wic_image *image; /* what is shown; NULL before the first need */
	IWICBitmapSource *source; /* NULL: `image` is all there is */
	const struct wic_format *format;
	UINT width, height;
	/* converter */
	WICColor palette[256];
	UINT palette_count;
	double alpha_threshold;
	/* transforms */
	WICRect clip;
	INT mode; /* interpolation, or flip and rotation */
	enum { CONVERT, SCALE, CLIP, ROTATE } operation;
	LONG locks; /* bitmap: -1 = for writing */
};

static void object_destroy(struct wic_object *object)
{
	wic_image_release(object->image);
	if (object->source)
		COM_RELEASE(object->source);
}

static HRESULT realize(struct wic_object *object)
{
	struct wic_image *from;
	HRESULT result;

	if (object->image)
		return S_OK;
	if (!object->source)
		return WINCODEC_ERR_NOTINITIALIZED;
	result = wic_image_from_source(object->source, object->operation == CLIP ? &object->clip : NULL, &from);
	if (FAILED(result))
		return result;
	switch (object->operation) {
	case CONVERT:
		result = wic_convert_image(from, object->format, object->palette, object->palette_count,
					   object->alpha_threshold, &object->image);
		break;
	case CLIP:
		object->image = wic_image_reference(from);
		break;
	case SCALE:
		object->image = wic_scale_image(from, object->width, object->height, object->mode);
		result = object->image ? S_OK : E_OUTOFMEMORY;
		break;
	case ROTATE:
		object->image = wic_rotate_image(from, object->width, object->height, object->mode);
		result = object->image ? S_OK : E_OUTOFMEMORY;
		break;
	}
	wic_image_release(from);
	return result;
}

static HRESULT WINAPI object_GetSize(IWICBitmapSource *self, UINT *width, UINT *height)
{
	struct wic_object *object = (struct wic_object *)self;

	if (!width || !height)
		return E_INVALIDARG;
	if (!object->format)
		return WINCODEC_ERR_NOTINITIALIZED;
	*width = object->width;
	*height = object->height;
	return S_OK;
}

static HRESULT WINAPI object_GetPixelFormat(IWICBitmapSource *self, GUID *format)
{
	struct wic_object *object = (struct wic_object *)self;

	if (!format)
		return E_INVALIDARG;
	if (!object->format)
		return WINCODEC_ERR_NOTINITIALIZED;
	*format = object->format->guid;
	return S_OK;
}

static HRESULT WINAPI object_GetResolution(IWICBitmapSource *self, double *x, double *y)
{
	struct wic_object *object = (struct wic_object *)self;

	if (!x || !y)
		return E_INVALIDARG;
	if (object->source)
		return COM_CALL(object->source, GetResolution, x, y, 0);
	if (!object->image)
		return WINCODEC_ERR_NOTINITIALIZED;
	*x = object->image->dpi_x;
	*y = object->image->dpi_y;
	return S_OK;
}

static HRESULT WINAPI object_CopyPalette(IWICBitmapSource *self, IWICPalette *palette)
{
	struct wic_object *object = (struct wic_object *)self;
	HRESULT result;

	if (!palette)
		return E_INVALIDARG;
	if (!object->format)
		return WINCODEC_ERR_NOTINITIALIZED;
	if (object->format->kind != WIC_INDEXED)
		return WINCODEC_ERR_PALETTEUNAVAILABLE;
	result = realize(object);
	return FAILED(result) ? result : wic_image_palette(object->image, palette);
}

static HRESULT WINAPI object_CopyPixels(IWICBitmapSource *self, const WICRect *area, UINT stride, UINT size,
					BYTE *buffer)
{
	struct wic_object *object = (struct wic_object *)self;
	WICRect rectangle;
	HRESULT result;

	if (!object->format)
		return WINCODEC_ERR_NOTINITIALIZED;
	result = wic_check_copy(object->width, object->height, object->format, area, stride, size, buffer, &rectangle);
	if (SUCCEEDED(result))
		result = realize(object);
	return FAILED(result) ? result : wic_image_copy(object->image, area, stride, size, buffer);
}

static HRESULT attach(struct wic_object *object, IWICBitmapSource *source, int operation)
{
	GUID guid;
	HRESULT result;

	if (!source)
		return E_INVALIDARG;
	if (object->source || object->image)
		return WINCODEC_ERR_WRONGSTATE;
	result = COM_CALL(source, GetSize, &object->width, &object->height, 0);
	if (SUCCEEDED(result))
		result = COM_CALL(source, GetPixelFormat, &guid, 0, 0);
	if (FAILED(result))
		return result;
	if (!wic_find_format(&guid))
		return WINCODEC_ERR_UNSUPPORTEDPIXELFORMAT;
	object->operation = operation;
	COM_ADDREF(source);
	object->source = source;
	object->format = wic_find_format(&guid);
	return S_OK;
}

/* The last method of each interface comes behind the common ones. */
#define SOURCE_METHODS(prefix)                                                                                   \
	prefix##_QueryInterface, prefix##_AddRef, prefix##_Release, object_GetSize, object_GetPixelFormat,       \
		object_GetResolution, object_CopyPalette, object_CopyPixels

static HRESULT create(const void *vtbl, struct wic_object **object)
{
	*object = com_allocate(sizeof(**object));
	if (!*object)
		return E_OUTOFMEMORY;
	(*object)->iface.vtbl = vtbl;
	(*object)->references = 1;
	return S_OK;
}

/* The converter. */
#define converter_destroy object_destroy
WIC_OBJECT(struct wic_object, IWICBitmapSource, converter, &IID_IWICBitmapSource, &IID_IWICFormatConverter)

static HRESULT WINAPI converter_Initialize(IWICBitmapSource *self, IWICBitmapSource *source, const GUID *format,
					   INT dither, IWICPalette *palette, double alpha_threshold, INT translate)
{
	struct wic_object *object = (struct wic_object *)self;
	const struct wic_format *to = wic_find_format(format);
	IWICPalette *fixed = NULL;
	HRESULT result;

	if (!source || !format || dither < 0 || dither > 8)
		return E_INVALIDARG;
	if (!to)
		return WINCODEC_ERR_UNSUPPORTEDPIXELFORMAT;
	/* Patterns and error diffusion spread the error of few colours; without a palette nothing is lost. */
	if (to->kind == WIC_INDEXED && dither > 1)
		return WINCODEC_ERR_UNSUPPORTEDOPERATION;
	if (palette) {
		result = COM_CALL(palette, GetColors, 256, object->palette, &object->palette_count);
		if (FAILED(result))
			return result;
	} else if (to->kind == WIC_INDEXED && translate > 1) {
		result = wic_create_palette(&fixed);
		if (SUCCEEDED(result)) {
			result = fixed->vtbl->InitializePredefined(fixed, translate, alpha_threshold > 0);
			if (SUCCEEDED(result))
				result = fixed->vtbl->GetColors(fixed, 256, object->palette, &object->palette_count);
			fixed->vtbl->Release(fixed);
		}
		if (FAILED(result))
			return result;
	}
	result = attach(object, source, CONVERT);
	if (FAILED(result))
		return result;
	if (to->kind == WIC_INDEXED && object->format != to && !object->palette_count) {
		COM_RELEASE(object->source);
		object->source = NULL;
		object->format = NULL;
		return E_INVALIDARG;
	}
	if (to->kind != WIC_INDEXED)
		object->palette_count = 0;
	object->format = to;
	object->alpha_threshold = alpha_threshold;
	return S_OK;
}

static HRESULT WINAPI converter_CanConvert(IWICBitmapSource *self, const GUID *from, const GUID *to, BOOL *can)
{
	if (!can)
		return E_INVALIDARG;
	*can = wic_can_convert(wic_find_format(from), wic_find_format(to));
	return S_OK;
}

static const struct {
	WIC_SOURCE(IWICBitmapSource);
	HRESULT(WINAPI *Initialize)(IWICBitmapSource *, IWICBitmapSource *, const GUID *, INT, IWICPalette *, double, INT);
	HRESULT(WINAPI *CanConvert)(IWICBitmapSource *, const GUID *, const GUID *, BOOL *);
} converter_vtbl = {SOURCE_METHODS(converter), converter_Initialize, converter_CanConvert};

HRESULT wic_create_converter(void **converter)
{
	return create(&converter_vtbl, (struct wic_object **)converter);
}

/* The scaler.  Nearest neighbour for mode 0; otherwise the mean of the source area that a pixel covers (Fant) when
 * shrinking and linear interpolation when growing, on every byte or word channel. */
#define scaler_destroy object_destroy
WIC_OBJECT(struct wic_object, IWICBitmapSource, scaler, &IID_IWICBitmapSource, &IID_IWICBitmapScaler)

static HRESULT WINAPI scaler_Initialize(IWICBitmapSource *self, IWICBitmapSource *source, UINT width, UINT height,
					INT mode)
{
	struct wic_object *object = (struct wic_object *)self;
	HRESULT result;

	if (!width || !height || mode < 0 || mode > 4)
		return E_INVALIDARG;
	result = attach(object, source, SCALE);
	if (FAILED(result))
		return result;
	/* Pixels of less than a byte, packed ones and indices can't be mixed. */
	if (object->format->bits < 8 || object->format->kind == WIC_555 || object->format->kind == WIC_565 ||
	    object->format->kind == WIC_5551 || (object->format->kind == WIC_INDEXED && mode)) {
		COM_RELEASE(object->source);
		object->source = NULL;
		object->format = NULL;
		return WINCODEC_ERR_UNSUPPORTEDPIXELFORMAT;
	}
	object->width = width;
	object->height = height;
	object->mode = mode;
	return S_OK;
}

static const struct {
	WIC_SOURCE(IWICBitmapSource);
	HRESULT(WINAPI *Initialize)(IWICBitmapSource *, IWICBitmapSource *, UINT, UINT, INT);
} scaler_vtbl = {SOURCE_METHODS(scaler), scaler_Initialize};

HRESULT wic_create_scaler(void **scaler)
{
	return create(&scaler_vtbl, (struct wic_object **)scaler);
}

/* The clipper. */
#define clipper_destroy object_destroy
WIC_OBJECT(struct wic_object, IWICBitmapSource, clipper, &IID_IWICBitmapSource, &IID_IWICBitmapClipper)

static HRESULT WINAPI clipper_Initialize(IWICBitmapSource *self, IWICBitmapSource *source, const WICRect *area)
{
	struct wic_object *object = (struct wic_object *)self;
	UINT width, height;
	HRESULT result;

	if (!source || !area)
		return E_INVALIDARG;
	result = COM_CALL(source, GetSize, &width, &height, 0);
	if (FAILED(result))
		return result;
	if (area->X < 0 || area->Y < 0 || area->Width <= 0 || area->Height <= 0 ||
	    (LONGLONG)area->X + area->Width > width || (LONGLONG)area->Y + area->Height > height)
		return E_INVALIDARG;
	result = attach(object, source, CLIP);
	if (FAILED(result))
		return result;
	object->clip = *area;
	object->width = (UINT)area->Width;
	object->height = (UINT)area->Height;
	return S_OK;
}

static const struct {
	WIC_SOURCE(IWICBitmapSource);
	HRESULT(WINAPI *Initialize)(IWICBitmapSource *, IWICBitmapSource *, const WICRect *);
} clipper_vtbl = {SOURCE_METHODS(clipper), clipper_Initialize};

HRESULT wic_create_clipper(void **clipper)
{
	return create(&clipper_vtbl, (struct wic_object **)clipper);
}

/* The flip-rotator: rotation clockwise first, then the flips. */
#define rotator_destroy object_destroy
WIC_OBJECT(struct wic_object, IWICBitmapSource, rotator, &IID_IWICBitmapSource, &IID_IWICBitmapFlipRotator)

static HRESULT WINAPI rotator_Initialize(IWICBitmapSource *self, IWICBitmapSource *source, INT options)
{
	struct wic_object *object = (struct wic_object *)self;
	HRESULT result;

	if (options & ~(3 | FLIP_HORIZONTAL | FLIP_VERTICAL))
		return E_INVALIDARG;
	result = attach(object, source, ROTATE);
	if (SUCCEEDED(result) && (options & 1)) {
		UINT width = object->width;

		object->width = object->height;
		object->height = width;
	}
	object->mode = options;
	return result;
}

static const struct {
	WIC_SOURCE(IWICBitmapSource);
	HRESULT(WINAPI *Initialize)(IWICBitmapSource *, IWICBitmapSource *, INT);
} rotator_vtbl = {SOURCE_METHODS(rotator), rotator_Initialize};

HRESULT wic_create_flip_rotator(void **rotator)
{
	return create(&rotator_vtbl, (struct wic_object **)rotator);
}

/* The bitmap, and the lock by which its pixels are reached. */
#define bitmap_destroy object_destroy
#define LOCK_WRITING 2u
WIC_OBJECT(struct wic_object, IWICBitmapSource, bitmap, &IID_IWICBitmapSource, &IID_IWICBitmap)

struct bitmap_lock {
	IUnknown iface;
	LONG references;
	struct wic_object *bitmap;
	WICRect area;
	bool writing;
};

static void lock_destroy(struct bitmap_lock *lock)
{
	if (lock->writing)
		__atomic_store_n(&lock->bitmap->locks, 0, __ATOMIC_RELEASE);
	else
		__atomic_sub_fetch(&lock->bitmap->locks, 1, __ATOMIC_RELEASE);
	bitmap_Release(&lock->bitmap->iface);
}
WIC_OBJECT(struct bitmap_lock, IUnknown, lock, &IID_IWICBitmapLock)

static HRESULT WINAPI lock_GetSize(IUnknown *self, UINT *width, UINT *height)
{
	struct bitmap_lock *lock = (struct bitmap_lock *)self;

	if (!width || !height)
		return E_INVALIDARG;
	*width = (UINT)lock->area.Width;
	*height = (UINT)lock->area.Height;
	return S_OK;
}

static HRESULT WINAPI lock_GetStride(IUnknown *self, UINT *stride)
{
	if (!stride)
		return E_INVALIDARG;
	*stride = ((struct bitmap_lock *)self)->bitmap->image->stride;
	return S_OK;
}

static HRESULT WINAPI lock_GetDataPointer(IUnknown *self, UINT *size, BYTE **data)
{
	struct bitmap_lock *lock = (struct bitmap_lock *)self;
	struct wic_image *image = lock->bitmap->image;

	if (!size || !data)
		return E_INVALIDARG;
	*size = image->stride * (UINT)(lock->area.Height - 1) + wic_row_bytes(image->format, (UINT)lock->area.Width);
	*data = image->pixels + (size_t)lock->area.Y * image->stride + (size_t)lock->area.X * image->format->bits / 8;
	return S_OK;
}

static HRESULT WINAPI lock_GetPixelFormat(IUnknown *self, GUID *format)
{
	if (!format)
		return E_INVALIDARG;
	*format = ((struct bitmap_lock *)self)->bitmap->format->guid;
	return S_OK;
}

static const struct {
	COM_UNKNOWN(IUnknown);
	HRESULT(WINAPI *GetSize)(IUnknown *, UINT *, UINT *);
	HRESULT(WINAPI *GetStride)(IUnknown *, UINT *);
	HRESULT(WINAPI *GetDataPointer)(IUnknown *, UINT *, BYTE **);
	HRESULT(WINAPI *GetPixelFormat)(IUnknown *, GUID *);
} lock_vtbl = {lock_QueryInterface, lock_AddRef,	  lock_Release,	      lock_GetSize,
	       lock_GetStride,	    lock_GetDataPointer, lock_GetPixelFormat};

/* Any number of readers or one writer: WINCODEC_ERR_ALREADYLOCKED. */
static HRESULT WINAPI bitmap_Lock(IWICBitmapSource *self, const WICRect *area, DWORD flags, void **result_lock)
{
	struct wic_object *object = (struct wic_object *)self;
	WICRect r = area ? *area : (WICRect){0, 0, (INT)object->width, (INT)object->height};
	struct bitmap_lock *lock;
	LONG held;

	if (!result_lock || !(flags & 3) || (flags & ~3u))
		return E_INVALIDARG;
	*result_lock = NULL;
	if (r.X < 0 || r.Y < 0 || r.Width <= 0 || r.Height <= 0 || (LONGLONG)r.X + r.Width > object->width ||
	    (LONGLONG)r.Y + r.Height > object->height || (UINT)r.X * object->format->bits % 8)
		return E_INVALIDARG;
	lock = com_allocate(sizeof(*lock));
	if (!lock)
		return E_OUTOFMEMORY;
	held = __atomic_load_n(&object->locks, __ATOMIC_RELAXED);
	do {
		if (held < 0 || (held && (flags & LOCK_WRITING))) {
			com_free(lock);
			return WINCODEC_ERR_ALREADYLOCKED;
		}
	} while (!__atomic_compare_exchange_n(&object->locks, &held, flags & LOCK_WRITING ? -1 : held + 1, 0,
					      __ATOMIC_ACQUIRE, __ATOMIC_RELAXED));
	lock->iface.vtbl = (const IUnknownVtbl *)&lock_vtbl;
	lock->references = 1;
	lock->bitmap = object;
	lock->area = r;
	lock->writing = (flags & LOCK_WRITING) != 0;
	bitmap_AddRef(self);
	*result_lock = lock;
	return S_OK;
}

static HRESULT WINAPI bitmap_SetPalette(IWICBitmapSource *self, IWICPalette *palette)
{
	struct wic_object *object = (struct wic_object *)self;

	if (!palette)
		return E_INVALIDARG;
	if (object->format->kind != WIC_INDEXED)
		return E_INVALIDARG;
	return COM_CALL(palette, GetColors, 256, object->image->palette, &object->image->palette_count);
}

static HRESULT WINAPI bitmap_SetResolution(IWICBitmapSource *self, double x, double y)
{
	struct wic_object *object = (struct wic_object *)self;

	object->image->dpi_x = x;
	object->image->dpi_y = y;
	return S_OK;
}

static const struct {
	WIC_SOURCE(IWICBitmapSource);
	HRESULT(WINAPI *Lock)(IWICBitmapSource *, const WICRect *, DWORD, void **);
	HRESULT(WINAPI *SetPalette)(IWICBitmapSource *, IWICPalette *);
	HRESULT(WINAPI *SetResolution)(IWICBitmapSource *, double, double);
} bitmap_vtbl = {SOURCE_METHODS(bitmap), bitmap_Lock, bitmap_SetPalette, bitmap_SetResolution};

HRESULT wic_create_bitmap(struct wic_image *image, void **bitmap)
{
	struct wic_object *object;
	HRESULT result = create(&bitmap_vtbl, &object);

	if (FAILED(result)) {
		wic_image_release(image);
		return result;
	}
	object->image = image;
	object->format = image->format;
	object->width = image->width;
	object->height = image->height;
	*bitmap = object;
	return S_OK;
}
