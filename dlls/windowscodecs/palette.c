/*
 * dlls/windowscodecs/palette.c - IWICPalette and IWICColorContext.
 */
#include "dlls/shlwapi/shlwapi.h"
#include "dlls/windowscodecs/wic.h"

enum palette_type { CUSTOM = 0, FIXED_BW = 2, FIXED_GRAY4 = 10, FIXED_GRAY16 = 11, FIXED_GRAY256 = 12 };
#define TRANSPARENT_BLACK 0x00000000u
#define OPAQUE 0xFF000000u

struct palette {
	IWICPalette iface;
	LONG references;
	INT type;
	UINT count;
	WICColor colors[256];
};

static void palette_destroy(struct palette *palette)
{
}
WIC_OBJECT(struct palette, IWICPalette, palette, &IID_IWICPalette)

/* The fixed palettes that are a ramp of grays; the halftone ones are refused. */
static HRESULT WINAPI palette_InitializePredefined(IWICPalette *self, INT type, BOOL transparent)
{
	struct palette *palette = (struct palette *)self;
	UINT count = type == FIXED_BW	     ? 2
		     : type == FIXED_GRAY4   ? 4
		     : type == FIXED_GRAY16  ? 16
		     : type == FIXED_GRAY256 ? 256
					     : 0;

	if (type <= 1 || type > FIXED_GRAY256)
		return E_INVALIDARG;
	if (!count)
		return WINCODEC_ERR_UNSUPPORTEDOPERATION;
	palette->type = type;
	palette->count = count;
	for (UINT i = 0; i < count; i++)
		palette->colors[i] = OPAQUE | i * 255 / (count - 1) * 0x010101u;
	if (transparent) {
		if (count < 256)
			palette->colors[palette->count++] = TRANSPARENT_BLACK;
		else
			palette->colors[255] = TRANSPARENT_BLACK;
	}
	return S_OK;
}

static HRESULT WINAPI palette_InitializeCustom(IWICPalette *self, const WICColor *colors, UINT count)
{
	struct palette *palette = (struct palette *)self;

	if (count && !colors)
		return E_INVALIDARG;
	if (count > 256)
		return E_INVALIDARG;
	palette->type = CUSTOM;
	palette->count = count;
	if (count)
		memcpy(palette->colors, colors, count * sizeof(*colors));
	return S_OK;
}

/* A source with a palette gives it; to choose colours for one that has none is left to the program. */
static HRESULT WINAPI palette_InitializeFromBitmap(IWICPalette *self, IWICBitmapSource *source, UINT count,
						   BOOL transparent)
{
	const struct wic_format *format;
	GUID guid;
	HRESULT result;

	if (!source || count < 2 || count > 256)
		return E_INVALIDARG;
	result = COM_CALL(source, GetPixelFormat, &guid, 0, 0);
	if (FAILED(result))
		return result;
	format = wic_find_format(&guid);
	if (!format || format->kind != WIC_INDEXED || (1u << format->bits) > count)
		return WINCODEC_ERR_UNSUPPORTEDOPERATION;
	return COM_CALL(source, CopyPalette, self, 0, 0);
}

static HRESULT WINAPI palette_InitializeFromPalette(IWICPalette *self, IWICPalette *from)
{
	struct palette *palette = (struct palette *)self;
	UINT count;
	INT type;
	HRESULT result;

	if (!from)
		return E_INVALIDARG;
	result = COM_CALL(from, GetType, &type, 0, 0);
	if (SUCCEEDED(result))
		result = COM_CALL(from, GetColors, 256, palette->colors, &count);
	if (SUCCEEDED(result)) {
		palette->type = type;
		palette->count = count;
	}
	return result;
}

static HRESULT WINAPI palette_GetType(IWICPalette *self, INT *type)
{
	if (!type)
		return E_INVALIDARG;
	*type = ((struct palette *)self)->type;
	return S_OK;
}

static HRESULT WINAPI palette_GetColorCount(IWICPalette *self, UINT *count)
{
	if (!count)
		return E_INVALIDARG;
	*count = ((struct palette *)self)->count;
	return S_OK;
}

static HRESULT WINAPI palette_GetColors(IWICPalette *self, UINT count, WICColor *colors, UINT *actual)
{
	struct palette *palette = (struct palette *)self;

	if (!colors || !actual)
		return E_INVALIDARG;
	*actual = count < palette->count ? count : palette->count;
	memcpy(colors, palette->colors, *actual * sizeof(*colors));
	return S_OK;
}

static HRESULT WINAPI palette_IsBlackWhite(IWICPalette *self, BOOL *is)
{
	if (!is)
		return E_INVALIDARG;
	*is = ((struct palette *)self)->type == FIXED_BW;
	return S_OK;
}

static HRESULT WINAPI palette_IsGrayscale(IWICPalette *self, BOOL *is)
{
	INT type = ((struct palette *)self)->type;

	if (!is)
		return E_INVALIDARG;
	*is = type == FIXED_BW || type == FIXED_GRAY4 || type == FIXED_GRAY16 || type == FIXED_GRAY256;
	return S_OK;
}

static HRESULT WINAPI palette_HasAlpha(IWICPalette *self, BOOL *has)
{
	struct palette *palette = (struct palette *)self;

	if (!has)
		return E_INVALIDARG;
	*has = FALSE;
	for (UINT i = 0; i < palette->count; i++)
		*has |= palette->colors[i] < OPAQUE;
	return S_OK;
}

static const IWICPaletteVtbl palette_vtbl = {
	palette_QueryInterface,
	palette_AddRef,
	palette_Release,
	palette_InitializePredefined,
	palette_InitializeCustom,
	palette_InitializeFromBitmap,
	palette_InitializeFromPalette,
	palette_GetType,
	palette_GetColorCount,
	palette_GetColors,
	palette_IsBlackWhite,
	palette_IsGrayscale,
	palette_HasAlpha,
};

HRESULT wic_create_palette(IWICPalette **palette)
{
	struct palette *made;

	if (!palette)
		return E_INVALIDARG;
	made = com_allocate(sizeof(*made));
	*palette = made ? &made->iface : NULL;
	if (!made)
		return E_OUTOFMEMORY;
	made->iface.vtbl = &palette_vtbl;
	made->references = 1;
	return S_OK;
}

enum context_type { UNINITIALIZED = 0, PROFILE = 1, EXIF = 2 };

struct color_context {
	IWICColorContext iface;
	LONG references;
	INT type;
	UINT exif;
	BYTE *profile;
	UINT size;
};

static void context_destroy(struct color_context *context)
{
	free(context->profile);
}
WIC_OBJECT(struct color_context, IWICColorContext, context, &IID_IWICColorContext)

static HRESULT WINAPI context_InitializeFromMemory(IWICColorContext *self, const BYTE *buffer, UINT size)
{
	struct color_context *context = (struct color_context *)self;
	BYTE *copy;

	if (context->type == EXIF)
		return WINCODEC_ERR_WRONGSTATE;
	if (!buffer && size)
		return E_INVALIDARG;
	copy = malloc(size ? size : 1);
	if (!copy)
		return E_OUTOFMEMORY;
	memcpy(copy, buffer, size);
	free(context->profile);
	context->profile = copy;
	context->size = size;
	context->type = PROFILE;
	return S_OK;
}

static HRESULT WINAPI context_InitializeFromFilename(IWICColorContext *self, LPCWSTR file)
{
	IStream *stream;
	BYTE *data;
	size_t size;
	HRESULT result;

	if (((struct color_context *)self)->type == EXIF)
		return WINCODEC_ERR_WRONGSTATE;
	result = SHCreateStreamOnFileW(file, STGM_READ | STGM_SHARE_DENY_WRITE, &stream);
	if (FAILED(result))
		return result;
	result = wic_read_stream(stream, &data, &size);
	stream->vtbl->Release(stream);
	if (FAILED(result))
		return result;
	result = size > UINT32_MAX ? E_FAIL : context_InitializeFromMemory(self, data, (UINT)size);
	free(data);
	return result;
}

static HRESULT WINAPI context_InitializeFromExifColorSpace(IWICColorContext *self, UINT value)
{
	struct color_context *context = (struct color_context *)self;

	if (context->type == PROFILE)
		return WINCODEC_ERR_WRONGSTATE;
	context->type = EXIF;
	context->exif = value;
	return S_OK;
}

static HRESULT WINAPI context_GetType(IWICColorContext *self, INT *type)
{
	if (!type)
		return E_INVALIDARG;
	*type = ((struct color_context *)self)->type;
	return S_OK;
}

static HRESULT WINAPI context_GetProfileBytes(IWICColorContext *self, UINT size, BYTE *buffer, UINT *actual)
{
	struct color_context *context = (struct color_context *)self;

	if (context->type != PROFILE)
		return WINCODEC_ERR_NOTINITIALIZED;
	if (!actual)
		return E_INVALIDARG;
	*actual = context->size;
	if (buffer && size < context->size)
		return WINCODEC_ERR_INSUFFICIENTBUFFER;
	if (buffer)
		memcpy(buffer, context->profile, context->size);
	return S_OK;
}

static HRESULT WINAPI context_GetExifColorSpace(IWICColorContext *self, UINT *value)
{
	struct color_context *context = (struct color_context *)self;

	if (!value)
		return E_INVALIDARG;
	if (context->type != EXIF)
		return WINCODEC_ERR_NOTINITIALIZED;
	*value = context->exif;
	return S_OK;
}

static const IWICColorContextVtbl context_vtbl = {
	context_QueryInterface,
	context_AddRef,
	context_Release,
	context_InitializeFromFilename,
	context_InitializeFromMemory,
	context_InitializeFromExifColorSpace,
	context_GetType,
	context_GetProfileBytes,
	context_GetExifColorSpace,
};

HRESULT wic_create_color_context(IWICColorContext **context)
{
	struct color_context *made;

	if (!context)
		return E_INVALIDARG;
	made = com_allocate(sizeof(*made));
	*context = made ? &made->iface : NULL;
	if (!made)
		return E_OUTOFMEMORY;
	made->iface.vtbl = &context_vtbl;
	made->references = 1;
	return S_OK;
}
