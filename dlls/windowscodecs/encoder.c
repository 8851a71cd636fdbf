/*
 * dlls/windowscodecs/encoder.c - IWICBitmapEncoder and IWICBitmapFrameEncode.
 *
 * Frames are collected as images; the file is made and written to the stream at IWICBitmapEncoder::Commit.
 */
#include "dlls/windowscodecs/wic.h"
#include "host/thread.h"

struct IWICBitmapEncoder {
	const struct encoder_vtbl *vtbl;
};
struct IWICBitmapFrameEncode {
	const struct frame_encode_vtbl *vtbl;
};

struct encoder {
	IWICBitmapEncoder iface;
	LONG references;
	const struct wic_codec *codec;
	IStream *stream;
	struct wic_picture picture; /* the frames that were committed */
	WICColor palette[256];
	UINT palette_count;
	struct wic_options options;
	bool frame_open, committed;
};

struct frame_encode {
	IWICBitmapFrameEncode iface;
	LONG references;
	struct encoder *encoder;
	struct wic_image *image;
	UINT width, height, lines;
	const struct wic_format *format;
	double dpi_x, dpi_y;
	WICColor palette[256];
	UINT palette_count;
	BYTE *profile;
	UINT profile_size;
	bool initialized, committed;
};

static HRESULT take_palette(IWICPalette *palette, WICColor colors[256], UINT *count)
{
	return palette ? COM_CALL(palette, GetColors, 256, colors, count) : E_INVALIDARG;
}

static void encoder_destroy(struct encoder *encoder)
{
	if (encoder->stream)
		COM_RELEASE(encoder->stream);
	wic_picture_free(&encoder->picture);
}
WIC_OBJECT(struct encoder, IWICBitmapEncoder, encoder, &IID_IWICBitmapEncoder)

static void fencode_destroy(struct frame_encode *frame)
{
	wic_image_release(frame->image);
	free(frame->profile);
	if (!frame->committed)
		frame->encoder->frame_open = false;
	encoder_Release(&frame->encoder->iface);
}
WIC_OBJECT(struct frame_encode, IWICBitmapFrameEncode, fencode, &IID_IWICBitmapFrameEncode)

static HRESULT WINAPI fencode_Initialize(IWICBitmapFrameEncode *self, IUnknown *options)
{
	struct frame_encode *frame = (struct frame_encode *)self;

	if (frame->initialized)
		return WINCODEC_ERR_WRONGSTATE;
	wic_take_options(options, &frame->encoder->options);
	frame->initialized = true;
	return S_OK;
}

static HRESULT WINAPI fencode_SetSize(IWICBitmapFrameEncode *self, UINT width, UINT height)
{
	struct frame_encode *frame = (struct frame_encode *)self;

	if (!frame->initialized || frame->image)
		return WINCODEC_ERR_WRONGSTATE;
	if (!width || !height)
		return E_INVALIDARG;
	frame->width = width;
	frame->height = height;
	return S_OK;
}

static HRESULT WINAPI fencode_SetResolution(IWICBitmapFrameEncode *self, double x, double y)
{
	struct frame_encode *frame = (struct frame_encode *)self;

	if (!frame->initialized || frame->image)
		return WINCODEC_ERR_WRONGSTATE;
	frame->dpi_x = x;
	frame->dpi_y = y;
	return S_OK;
}

/* Gives back the format that will be written when the codec can't store the one that was asked for. */
static HRESULT WINAPI fencode_SetPixelFormat(IWICBitmapFrameEncode *self, GUID *format)
{
	struct frame_encode *frame = (struct frame_encode *)self;
	const struct wic_codec *codec = frame->encoder->codec;
	const struct wic_format *asked;
	const BYTE *index;

	if (!format)
		return E_INVALIDARG;
	if (!frame->initialized || frame->image)
		return WINCODEC_ERR_WRONGSTATE;
	asked = wic_find_format(format);
	for (index = codec->encode_formats; *index != WIC_FORMAT_COUNT; index++) {
		if (asked == &wic_formats[*index])
			break;
	}
	if (*index == WIC_FORMAT_COUNT) {
		asked = &wic_formats[codec->encode_default];
		*format = asked->guid;
	}
	frame->format = asked;
	return S_OK;
}

static HRESULT WINAPI fencode_SetColorContexts(IWICBitmapFrameEncode *self, UINT count, IWICColorContext **contexts)
{
	struct frame_encode *frame = (struct frame_encode *)self;

	if (!frame->initialized || frame->image)
		return WINCODEC_ERR_WRONGSTATE;
	for (UINT i = 0; contexts && i < count; i++) {
		UINT size = 0;
		INT type;

		if (FAILED(COM_CALL(contexts[i], GetType, &type, 0, 0)) || type != 1 ||
		    FAILED(COM_CALL(contexts[i], GetProfileBytes, 0, 0, &size)) || !size)
			continue;
		free(frame->profile);
		frame->profile = malloc(size);
		if (!frame->profile)
			return E_OUTOFMEMORY;
		frame->profile_size = size;
		return COM_CALL(contexts[i], GetProfileBytes, size, frame->profile, &size);
	}
	return S_OK;
}

static HRESULT WINAPI fencode_SetPalette(IWICBitmapFrameEncode *self, IWICPalette *palette)
{
	struct frame_encode *frame = (struct frame_encode *)self;

	if (!frame->initialized)
		return WINCODEC_ERR_WRONGSTATE;
	return take_palette(palette, frame->palette, &frame->palette_count);
}

static HRESULT WINAPI fencode_SetThumbnail(IWICBitmapFrameEncode *self, IWICBitmapSource *thumbnail)
{
	return WINCODEC_ERR_UNSUPPORTEDOPERATION;
}

static HRESULT start_writing(struct frame_encode *frame)
{
	if (!frame->initialized || frame->committed || !frame->width)
		return WINCODEC_ERR_WRONGSTATE;
	if (frame->image)
		return S_OK;
	if (!frame->format)
		return WINCODEC_ERR_WRONGSTATE;
	frame->image = wic_image_create(frame->width, frame->height, frame->format);
	if (!frame->image)
		return E_OUTOFMEMORY;
	if (frame->dpi_x > 0 && frame->dpi_y > 0) {
		frame->image->dpi_x = frame->dpi_x;
		frame->image->dpi_y = frame->dpi_y;
	}
	frame->image->profile = frame->profile;
	frame->image->profile_size = frame->profile_size;
	frame->profile = NULL;
	if (frame->format->kind == WIC_INDEXED) {
		const WICColor *palette = frame->palette_count ? frame->palette : frame->encoder->palette;

		frame->image->palette_count = frame->palette_count ? frame->palette_count : frame->encoder->palette_count;
		memcpy(frame->image->palette, palette, sizeof(frame->image->palette));
	}
	return S_OK;
}

static HRESULT WINAPI fencode_WritePixels(IWICBitmapFrameEncode *self, UINT lines, UINT stride, UINT size, BYTE *pixels)
{
	struct frame_encode *frame = (struct frame_encode *)self;
	HRESULT result;
	UINT row;

	if (!pixels || !lines)
		return E_INVALIDARG;
	result = start_writing(frame);
	if (FAILED(result))
		return result;
	row = wic_row_bytes(frame->format, frame->width);
	if (stride < row)
		return E_INVALIDARG;
	if ((ULONGLONG)stride * (lines - 1) + row > size)
		return WINCODEC_ERR_INSUFFICIENTBUFFER;
	if (lines > frame->height - frame->lines)
		return WINCODEC_ERR_CODECTOOMANYSCANLINES;
	for (UINT y = 0; y < lines; y++)
		memcpy(frame->image->pixels + (size_t)(frame->lines + y) * frame->image->stride,
		       pixels + (size_t)y * stride, row);
	frame->lines += lines;
	return S_OK;
}

/* Size, format and palette come from the source where they were not set. */
static HRESULT WINAPI fencode_WriteSource(IWICBitmapFrameEncode *self, IWICBitmapSource *source, WICRect *area)
{
	struct frame_encode *frame = (struct frame_encode *)self;
	struct wic_image *image, *converted = NULL;
	HRESULT result;

	if (!frame->initialized)
		return WINCODEC_ERR_WRONGSTATE;
	result = wic_image_from_source(source, area && area->Width && area->Height ? area : NULL, &image);
	if (FAILED(result))
		return result;
	if (!frame->width) {
		frame->width = image->width;
		frame->height = image->height;
	}
	if (!frame->format) {
		GUID format = image->format->guid;
		fencode_SetPixelFormat(self, &format);
	}
	if (frame->format->kind == WIC_INDEXED && !frame->palette_count) {
		memcpy(frame->palette, image->palette, sizeof(frame->palette));
		frame->palette_count = image->palette_count;
	}
	result = image->width == frame->width ? S_OK : WINCODEC_ERR_WRONGSTATE;
	if (SUCCEEDED(result))
		result = wic_convert_image(image, frame->format,
					   frame->format->kind == WIC_INDEXED && image->format != frame->format
						   ? frame->palette
						   : NULL,
					   frame->format->kind == WIC_INDEXED && image->format != frame->format
						   ? frame->palette_count
						   : 0,
					   0, &converted);
	if (SUCCEEDED(result) && !frame->image && !frame->dpi_x) {
		frame->dpi_x = image->dpi_x;
		frame->dpi_y = image->dpi_y;
	}
	if (SUCCEEDED(result)) {
		UINT band = 0x40000000u / converted->stride + 1;

		for (UINT y = 0; SUCCEEDED(result) && y < converted->height; y += band) {
			UINT rows = converted->height - y < band ? converted->height - y : band;

			result = fencode_WritePixels(self, rows, converted->stride, converted->stride * rows,
						     converted->pixels + (size_t)y * converted->stride);
		}
	}
	wic_image_release(converted);
	wic_image_release(image);
	return result;
}

/* A frame with missing lines is not an image: WINCODEC_ERR_UNEXPECTEDSIZE is for metadata, so WRONGSTATE. */
static HRESULT WINAPI fencode_Commit(IWICBitmapFrameEncode *self)
{
	struct frame_encode *frame = (struct frame_encode *)self;
	HRESULT result;

	if (!frame->image || frame->committed || frame->lines != frame->height)
		return WINCODEC_ERR_WRONGSTATE;
	result = wic_picture_add(&frame->encoder->picture, wic_image_reference(frame->image));
	if (SUCCEEDED(result)) {
		frame->committed = true;
		frame->encoder->frame_open = false;
	}
	return result;
}

static HRESULT WINAPI fencode_GetMetadataQueryWriter(IWICBitmapFrameEncode *self, void **writer)
{
	if (!writer)
		return E_INVALIDARG;
	*writer = NULL;
	return WINCODEC_ERR_UNSUPPORTEDOPERATION;
}

static const struct frame_encode_vtbl {
	COM_UNKNOWN(IWICBitmapFrameEncode);
	HRESULT(WINAPI *Initialize)(IWICBitmapFrameEncode *, IUnknown *);
	HRESULT(WINAPI *SetSize)(IWICBitmapFrameEncode *, UINT, UINT);
	HRESULT(WINAPI *SetResolution)(IWICBitmapFrameEncode *, double, double);
	HRESULT(WINAPI *SetPixelFormat)(IWICBitmapFrameEncode *, GUID *);
	HRESULT(WINAPI *SetColorContexts)(IWICBitmapFrameEncode *, UINT, IWICColorContext **);
	HRESULT(WINAPI *SetPalette)(IWICBitmapFrameEncode *, IWICPalette *);
	HRESULT(WINAPI *SetThumbnail)(IWICBitmapFrameEncode *, IWICBitmapSource *);
	HRESULT(WINAPI *WritePixels)(IWICBitmapFrameEncode *, UINT, UINT, UINT, BYTE *);
	HRESULT(WINAPI *WriteSource)(IWICBitmapFrameEncode *, IWICBitmapSource *, WICRect *);
	HRESULT(WINAPI *Commit)(IWICBitmapFrameEncode *);
	HRESULT(WINAPI *GetMetadataQueryWriter)(IWICBitmapFrameEncode *, void **);
} frame_encode_vtbl = {
	fencode_QueryInterface,
	fencode_AddRef,
	fencode_Release,
	fencode_Initialize,
	fencode_SetSize,
	fencode_SetResolution,
	fencode_SetPixelFormat,
	fencode_SetColorContexts,
	fencode_SetPalette,
	fencode_SetThumbnail,
	fencode_WritePixels,
	fencode_WriteSource,
	fencode_Commit,
	fencode_GetMetadataQueryWriter,
};

static HRESULT WINAPI encoder_Initialize(IWICBitmapEncoder *self, IStream *stream, INT cache)
{
	struct encoder *encoder = (struct encoder *)self;

	if (!stream)
		return E_INVALIDARG;
	if (encoder->stream || encoder->committed)
		return WINCODEC_ERR_WRONGSTATE;
	COM_ADDREF(stream);
	encoder->stream = stream;
	return S_OK;
}

static HRESULT WINAPI encoder_GetContainerFormat(IWICBitmapEncoder *self, GUID *format)
{
	if (!format)
		return E_INVALIDARG;
	*format = ((struct encoder *)self)->codec->container;
	return S_OK;
}

static HRESULT WINAPI encoder_GetEncoderInfo(IWICBitmapEncoder *self, void **info)
{
	if (!info)
		return E_INVALIDARG;
	return wic_create_codec_info(((struct encoder *)self)->codec, true, info);
}

static HRESULT WINAPI encoder_SetColorContexts(IWICBitmapEncoder *self, UINT count, IWICColorContext **contexts)
{
	return WINCODEC_ERR_UNSUPPORTEDOPERATION;
}

static HRESULT WINAPI encoder_SetPalette(IWICBitmapEncoder *self, IWICPalette *palette)
{
	struct encoder *encoder = (struct encoder *)self;

	if (!encoder->stream)
		return WINCODEC_ERR_NOTINITIALIZED;
	return take_palette(palette, encoder->palette, &encoder->palette_count);
}

static HRESULT WINAPI encoder_SetThumbnail(IWICBitmapEncoder *self, IWICBitmapSource *thumbnail)
{
	return WINCODEC_ERR_UNSUPPORTEDOPERATION;
}

static HRESULT WINAPI encoder_CreateNewFrame(IWICBitmapEncoder *self, IWICBitmapFrameEncode **frame, IUnknown **options)
{
	struct encoder *encoder = (struct encoder *)self;
	struct frame_encode *made;
	HRESULT result;

	if (!frame)
		return E_INVALIDARG;
	*frame = NULL;
	if (!encoder->stream)
		return WINCODEC_ERR_NOTINITIALIZED;
	if (encoder->frame_open || encoder->committed)
		return WINCODEC_ERR_WRONGSTATE;
	if (encoder->picture.count && !encoder->codec->multiframe)
		return WINCODEC_ERR_UNSUPPORTEDOPERATION;
	if (options) {
		result = wic_create_options(encoder->codec, options);
		if (FAILED(result))
			return result;
	}
	made = com_allocate(sizeof(*made));
	if (!made) {
		if (options)
			COM_RELEASE(*options);
		return E_OUTOFMEMORY;
	}
	made->iface.vtbl = &frame_encode_vtbl;
	made->references = 1;
	made->encoder = encoder;
	encoder_AddRef(self);
	encoder->frame_open = true;
	*frame = &made->iface;
	return S_OK;
}

struct encode_call {
	struct encoder *encoder;
	struct wic_output output;
	HRESULT result;
};

static void *run_encode(void *argument)
{
	struct encode_call *call = argument;
	struct encoder *encoder = call->encoder;

	call->result = encoder->codec->encode(encoder->picture.frames, encoder->picture.count, &encoder->options,
					      &call->output);
	return NULL;
}

static HRESULT WINAPI encoder_Commit(IWICBitmapEncoder *self)
{
	struct encoder *encoder = (struct encoder *)self;
	struct encode_call call = {.encoder = encoder};
	HRESULT result;

	if (!encoder->stream || encoder->frame_open || encoder->committed || !encoder->picture.count)
		return WINCODEC_ERR_WRONGSTATE;
	host_stack_call(run_encode, &call);
	result = call.output.failed ? E_OUTOFMEMORY : call.result;
	for (size_t done = 0; SUCCEEDED(result) && done < call.output.size;) {
		size_t left = call.output.size - done;
		ULONG put = 0;

		result = COM_CALL(encoder->stream, Write, call.output.bytes + done, left > 0x1000000 ? 0x1000000 : left, &put);
		if (SUCCEEDED(result) && !put)
			result = WINCODEC_ERR_STREAMWRITE;
		done += put;
	}
	free(call.output.bytes);
	encoder->committed = SUCCEEDED(result);
	return result;
}

static HRESULT WINAPI encoder_GetMetadataQueryWriter(IWICBitmapEncoder *self, void **writer)
{
	if (!writer)
		return E_INVALIDARG;
	*writer = NULL;
	return WINCODEC_ERR_UNSUPPORTEDOPERATION;
}

static const struct encoder_vtbl {
	COM_UNKNOWN(IWICBitmapEncoder);
	HRESULT(WINAPI *Initialize)(IWICBitmapEncoder *, IStream *, INT);
	HRESULT(WINAPI *GetContainerFormat)(IWICBitmapEncoder *, GUID *);
	HRESULT(WINAPI *GetEncoderInfo)(IWICBitmapEncoder *, void **);
	HRESULT(WINAPI *SetColorContexts)(IWICBitmapEncoder *, UINT, IWICColorContext **);
	HRESULT(WINAPI *SetPalette)(IWICBitmapEncoder *, IWICPalette *);
	HRESULT(WINAPI *SetThumbnail)(IWICBitmapEncoder *, IWICBitmapSource *);
	HRESULT(WINAPI *SetPreview)(IWICBitmapEncoder *, IWICBitmapSource *);
	HRESULT(WINAPI *CreateNewFrame)(IWICBitmapEncoder *, IWICBitmapFrameEncode **, IUnknown **);
	HRESULT(WINAPI *Commit)(IWICBitmapEncoder *);
	HRESULT(WINAPI *GetMetadataQueryWriter)(IWICBitmapEncoder *, void **);
} encoder_vtbl = {
	encoder_QueryInterface,
	encoder_AddRef,
	encoder_Release,
	encoder_Initialize,
	encoder_GetContainerFormat,
	encoder_GetEncoderInfo,
	encoder_SetColorContexts,
	encoder_SetPalette,
	encoder_SetThumbnail,
	encoder_SetThumbnail,
	encoder_CreateNewFrame,
	encoder_Commit,
	encoder_GetMetadataQueryWriter,
};

HRESULT wic_create_encoder(const struct wic_codec *codec, IWICBitmapEncoder **encoder)
{
	struct encoder *made = com_allocate(sizeof(*made));

	*encoder = made ? &made->iface : NULL;
	if (!made)
		return E_OUTOFMEMORY;
	made->iface.vtbl = &encoder_vtbl;
	made->references = 1;
	made->codec = codec;
	made->options = wic_default_options;
	return S_OK;
}
