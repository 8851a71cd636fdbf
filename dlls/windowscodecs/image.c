/*
 * dlls/windowscodecs/image.c - images in memory, what every source is made of.
 */
#include "dlls/windowscodecs/wic.h"

#define MAX_IMAGE_BYTES ((ULONGLONG)4 << 30)

struct wic_image *wic_image_create(UINT width, UINT height, const struct wic_format *format)
{
	UINT stride = wic_row_bytes(format, width);
	struct wic_image *image;

	if (!width || !height || !stride)
		return NULL;
	stride = (stride + 3) & ~3u;
	if ((ULONGLONG)stride * height > MAX_IMAGE_BYTES)
		return NULL;
	image = calloc(1, sizeof(*image));
	if (!image)
		return NULL;
	image->pixels = calloc(height, stride);
	if (!image->pixels) {
		free(image);
		return NULL;
	}
	image->references = 1;
	image->width = width;
	image->height = height;
	image->stride = stride;
	image->format = format;
	image->dpi_x = image->dpi_y = 96.0;
	return image;
}

struct wic_image *wic_image_reference(struct wic_image *image)
{
	com_increment(&image->references);
	return image;
}

void wic_image_release(struct wic_image *image)
{
	if (image && !com_decrement(&image->references)) {
		free(image->pixels);
		free(image->profile);
		free(image);
	}
}

HRESULT wic_check_copy(UINT width, UINT height, const struct wic_format *format, const WICRect *area, UINT stride,
		       UINT size, const BYTE *buffer, WICRect *rectangle)
{
	UINT row;

	*rectangle = area ? *area : (WICRect){0, 0, (INT)width, (INT)height};
	if (!buffer || rectangle->X < 0 || rectangle->Y < 0 || rectangle->Width <= 0 || rectangle->Height <= 0 ||
	    (LONGLONG)rectangle->X + rectangle->Width > width || (LONGLONG)rectangle->Y + rectangle->Height > height)
		return E_INVALIDARG;
	row = wic_row_bytes(format, (UINT)rectangle->Width);
	if (stride < row)
		return E_INVALIDARG;
	if ((ULONGLONG)stride * (UINT)(rectangle->Height - 1) + row > size)
		return WINCODEC_ERR_INSUFFICIENTBUFFER;
	return S_OK;
}

HRESULT wic_image_copy(const struct wic_image *image, const WICRect *area, UINT stride, UINT size, BYTE *buffer)
{
	UINT bits = image->format->bits, row, shift;
	WICRect r;
	HRESULT result = wic_check_copy(image->width, image->height, image->format, area, stride, size, buffer, &r);

	if (FAILED(result))
		return result;
	row = wic_row_bytes(image->format, (UINT)r.Width);
	shift = (UINT)r.X * bits % 8;
	for (INT y = 0; y < r.Height; y++) {
		const BYTE *from = image->pixels + (size_t)(r.Y + y) * image->stride + (size_t)r.X * bits / 8;
		BYTE *to = buffer + (size_t)y * stride;

		if (!shift) {
			memcpy(to, from, row);
		} else {
			/* Pixels of less than a byte start inside one. */
			UINT have = (shift + (UINT)r.Width * bits + 7) / 8;

			for (UINT i = 0; i < row; i++)
				to[i] = (BYTE)(from[i] << shift | (i + 1 < have ? from[i + 1] >> (8 - shift) : 0));
		}
	}
	return S_OK;
}

HRESULT wic_image_palette(const struct wic_image *image, IWICPalette *palette)
{
	if (!palette)
		return E_INVALIDARG;
	if (!image->palette_count)
		return WINCODEC_ERR_PALETTEUNAVAILABLE;
	return COM_CALL(palette, InitializeCustom, image->palette, image->palette_count, 0);
}

HRESULT wic_image_color_contexts(const struct wic_image *image, UINT count, IWICColorContext **contexts, UINT *actual)
{
	UINT available = image->profile || image->exif_color_space ? 1 : 0;

	if (!actual)
		return E_INVALIDARG;
	*actual = available;
	if (!contexts || !count || !available)
		return S_OK;
	if (image->profile)
		return COM_CALL(contexts[0], InitializeFromMemory, image->profile, image->profile_size, 0);
	return COM_CALL(contexts[0], InitializeFromExifColorSpace, image->exif_color_space, 0, 0);
}

static HRESULT take_palette(IWICBitmapSource *source, struct wic_image *image)
{
	IWICPalette *palette;
	HRESULT result = wic_create_palette(&palette);

	if (FAILED(result))
		return result;
	result = COM_CALL(source, CopyPalette, palette, 0, 0);
	if (SUCCEEDED(result)) {
		UINT count = 0;

		result = palette->vtbl->GetColors(palette, ARRAY_SIZE(image->palette), image->palette, &count);
		image->palette_count = count;
	}
	palette->vtbl->Release(palette);
	return result;
}

HRESULT wic_image_from_source(IWICBitmapSource *source, const WICRect *area, struct wic_image **image)
{
	const struct wic_format *format;
	struct wic_image *made;
	WICRect r;
	UINT width, height;
	GUID guid;
	HRESULT result;

	*image = NULL;
	if (!source)
		return E_INVALIDARG;
	result = COM_CALL(source, GetSize, &width, &height, 0);
	if (SUCCEEDED(result))
		result = COM_CALL(source, GetPixelFormat, &guid, 0, 0);
	if (FAILED(result))
		return result;
	format = wic_find_format(&guid);
	if (!format)
		return WINCODEC_ERR_UNSUPPORTEDPIXELFORMAT;
	r = area ? *area : (WICRect){0, 0, (INT)width, (INT)height};
	if (r.X < 0 || r.Y < 0 || r.Width <= 0 || r.Height <= 0 || (LONGLONG)r.X + r.Width > width ||
	    (LONGLONG)r.Y + r.Height > height)
		return E_INVALIDARG;
	made = wic_image_create((UINT)r.Width, (UINT)r.Height, format);
	if (!made)
		return E_OUTOFMEMORY;
	if (FAILED(COM_CALL(source, GetResolution, &made->dpi_x, &made->dpi_y, 0)))
		made->dpi_x = made->dpi_y = 96.0;
	if (format->kind == WIC_INDEXED)
		result = take_palette(source, made);
	/* UINT sizes bound one call: tall images come in bands. */
	for (UINT y = 0, band = 0x40000000u / made->stride + 1; SUCCEEDED(result) && y < made->height; y += band) {
		UINT rows = made->height - y < band ? made->height - y : band;
		WICRect part = {r.X, r.Y + (INT)y, r.Width, (INT)rows};

		result = source->vtbl->CopyPixels(source, &part, made->stride, made->stride * rows,
						  made->pixels + (size_t)y * made->stride);
	}
	if (FAILED(result))
		wic_image_release(made);
	else
		*image = made;
	return result;
}

void wic_picture_free(struct wic_picture *picture)
{
	for (UINT i = 0; i < picture->count; i++)
		wic_image_release(picture->frames[i]);
	free(picture->frames);
	memset(picture, 0, sizeof(*picture));
}

HRESULT wic_picture_add(struct wic_picture *picture, struct wic_image *image)
{
	struct wic_image **frames = NULL;

	if (image && picture->count < WIC_MAX_FRAMES)
		frames = realloc(picture->frames, (picture->count + 1) * sizeof(*frames));
	if (!frames) {
		wic_image_release(image);
		return E_OUTOFMEMORY;
	}
	picture->frames = frames;
	frames[picture->count++] = image;
	return S_OK;
}

void wic_put(struct wic_output *output, const void *bytes, size_t size)
{
	if (output->failed)
		return;
	if (output->capacity - output->size < size) {
		size_t capacity = output->capacity * 2 + size + 4096;
		BYTE *grown = realloc(output->bytes, capacity);

		if (!grown) {
			output->failed = true;
			return;
		}
		output->bytes = grown;
		output->capacity = capacity;
	}
	memcpy(output->bytes + output->size, bytes, size);
	output->size += size;
}

void wic_put16(struct wic_output *output, unsigned value)
{
	BYTE bytes[2] = {(BYTE)value, (BYTE)(value >> 8)};
	wic_put(output, bytes, sizeof(bytes));
}

void wic_put32(struct wic_output *output, uint32_t value)
{
	wic_put16(output, value & 0xFFFF);
	wic_put16(output, value >> 16);
}
