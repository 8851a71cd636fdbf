/*
 * dlls/windowscodecs/decoder.c - IWICBitmapDecoder and IWICBitmapFrameDecode over the codecs.
 *
 * A decoder reads its stream whole and decodes all frames at Initialize, so that damage is reported there and the
 * codec never runs inside a call of the program's stream.
 */
#include "dlls/windowscodecs/wic.h"
#include "host/thread.h"

struct IWICBitmapDecoder {
	const struct decoder_vtbl *vtbl;
};

struct decoder {
	IWICBitmapDecoder iface;
	LONG references;
	const struct wic_codec *codec; /* NULL until the content says which */
	bool initialized;
	struct wic_picture picture;
};

struct frame {
	IWICBitmapSource iface;
	LONG references;
	struct wic_image *image;
	struct decoder *decoder;
};

const struct wic_codec *const wic_codecs[] = {&wic_png_codec, &wic_jpeg_codec, &wic_bmp_codec, &wic_tiff_codec,
					      &wic_gif_codec};
const size_t wic_codec_count = ARRAY_SIZE(wic_codecs);

static const struct wic_codec *find_codec(const BYTE *data, size_t size)
{
	for (size_t i = 0; i < wic_codec_count; i++) {
		if (wic_codecs[i]->match(data, size))
			return wic_codecs[i];
	}
	return NULL;
}

static void decoder_destroy(struct decoder *decoder)
{
	wic_picture_free(&decoder->picture);
}
WIC_OBJECT(struct decoder, IWICBitmapDecoder, decoder, &IID_IWICBitmapDecoder)

static void frame_destroy(struct frame *frame)
{
	wic_image_release(frame->image);
	decoder_Release(&frame->decoder->iface);
}
WIC_OBJECT(struct frame, IWICBitmapSource, frame, &IID_IWICBitmapSource, &IID_IWICBitmapFrameDecode)

static HRESULT WINAPI frame_GetSize(IWICBitmapSource *self, UINT *width, UINT *height)
{
	struct wic_image *image = ((struct frame *)self)->image;

	if (!width || !height)
		return E_INVALIDARG;
	*width = image->width;
	*height = image->height;
	return S_OK;
}

static HRESULT WINAPI frame_GetPixelFormat(IWICBitmapSource *self, GUID *format)
{
	if (!format)
		return E_INVALIDARG;
	*format = ((struct frame *)self)->image->format->guid;
	return S_OK;
}

static HRESULT WINAPI frame_GetResolution(IWICBitmapSource *self, double *x, double *y)
{
	struct wic_image *image = ((struct frame *)self)->image;

	if (!x || !y)
		return E_INVALIDARG;
	*x = image->dpi_x;
	*y = image->dpi_y;
	return S_OK;
}

static HRESULT WINAPI frame_CopyPalette(IWICBitmapSource *self, IWICPalette *palette)
{
	return wic_image_palette(((struct frame *)self)->image, palette);
}

static HRESULT WINAPI frame_CopyPixels(IWICBitmapSource *self, const WICRect *area, UINT stride, UINT size, BYTE *buffer)
{
	return wic_image_copy(((struct frame *)self)->image, area, stride, size, buffer);
}

/* Metadata blocks are not read; MSDN gives this code for a frame whose codec has none to offer. */
static HRESULT WINAPI frame_GetMetadataQueryReader(IWICBitmapSource *self, void **reader)
{
	if (!reader)
		return E_INVALIDARG;
	*reader = NULL;
	return WINCODEC_ERR_UNSUPPORTEDOPERATION;
}

static HRESULT WINAPI frame_GetColorContexts(IWICBitmapSource *self, UINT count, IWICColorContext **contexts, UINT *actual)
{
	return wic_image_color_contexts(((struct frame *)self)->image, count, contexts, actual);
}

static HRESULT WINAPI frame_GetThumbnail(IWICBitmapSource *self, IWICBitmapSource **thumbnail)
{
	if (!thumbnail)
		return E_INVALIDARG;
	*thumbnail = NULL;
	return WINCODEC_ERR_CODECNOTHUMBNAIL;
}

static const struct {
	WIC_SOURCE(IWICBitmapSource);
	HRESULT(WINAPI *GetMetadataQueryReader)(IWICBitmapSource *, void **);
	HRESULT(WINAPI *GetColorContexts)(IWICBitmapSource *, UINT, IWICColorContext **, UINT *);
	HRESULT(WINAPI *GetThumbnail)(IWICBitmapSource *, IWICBitmapSource **);
} frame_vtbl = {
	frame_QueryInterface,
	frame_AddRef,
	frame_Release,
	frame_GetSize,
	frame_GetPixelFormat,
	frame_GetResolution,
	frame_CopyPalette,
	frame_CopyPixels,
	frame_GetMetadataQueryReader,
	frame_GetColorContexts,
	frame_GetThumbnail,
};

struct decode_call {
	const struct wic_codec *codec;
	const BYTE *data;
	size_t size;
	struct wic_picture *picture;
	HRESULT result;
};

static void *run_decode(void *argument)
{
	struct decode_call *call = argument;

	call->result = call->codec->decode(call->data, call->size, call->picture);
	return NULL;
}

static HRESULT WINAPI decoder_Initialize(IWICBitmapDecoder *self, IStream *stream, INT options)
{
	struct decoder *decoder = (struct decoder *)self;
	struct decode_call call;
	BYTE *data;
	HRESULT result;

	if (!stream || options < 0 || options > 1)
		return E_INVALIDARG;
	if (decoder->initialized)
		return WINCODEC_ERR_WRONGSTATE;
	result = wic_read_stream(stream, &data, &call.size);
	if (FAILED(result))
		return result;
	if (!decoder->codec)
		decoder->codec = find_codec(data, call.size);
	else if (!decoder->codec->match(data, call.size))
		result = WINCODEC_ERR_BADHEADER;
	if (!decoder->codec)
		result = WINCODEC_ERR_COMPONENTNOTFOUND;
	if (SUCCEEDED(result)) {
		call.codec = decoder->codec;
		call.data = data;
		call.picture = &decoder->picture;
		host_stack_call(run_decode, &call);
		result = call.result;
		if (SUCCEEDED(result) && !decoder->picture.count)
			result = WINCODEC_ERR_BADIMAGE;
	}
	free(data);
	if (FAILED(result))
		wic_picture_free(&decoder->picture);
	decoder->initialized = SUCCEEDED(result);
	return result;
}

/* Reads the beginning and puts the stream back where it was. */
static HRESULT WINAPI decoder_QueryCapability(IWICBitmapDecoder *self, IStream *stream, DWORD *capability)
{
	struct decoder *decoder = (struct decoder *)self;
	ULARGE_INTEGER position;
	BYTE *data;
	size_t size;
	HRESULT result;

	if (!stream || !capability)
		return E_INVALIDARG;
	*capability = 0;
	result = COM_CALL(stream, Seek, 0, STREAM_SEEK_CUR, &position);
	if (FAILED(result))
		return result;
	result = wic_read_stream(stream, &data, &size);
	if (FAILED(result))
		return result;
	/* SameEncoder is for what we wrote ourselves, which nothing marks. */
	if (decoder->codec ? decoder->codec->match(data, size) : find_codec(data, size) != NULL)
		*capability = 0x2;
	free(data);
	result = COM_CALL(stream, Seek, position.QuadPart, STREAM_SEEK_SET, 0);
	return FAILED(result) ? result : *capability ? S_OK : WINCODEC_ERR_UNKNOWNIMAGEFORMAT;
}

static HRESULT WINAPI decoder_GetContainerFormat(IWICBitmapDecoder *self, GUID *format)
{
	struct decoder *decoder = (struct decoder *)self;

	if (!format)
		return E_INVALIDARG;
	if (!decoder->codec)
		return WINCODEC_ERR_NOTINITIALIZED;
	*format = decoder->codec->container;
	return S_OK;
}

static HRESULT WINAPI decoder_GetDecoderInfo(IWICBitmapDecoder *self, void **info)
{
	struct decoder *decoder = (struct decoder *)self;

	if (!info)
		return E_INVALIDARG;
	*info = NULL;
	if (!decoder->codec)
		return WINCODEC_ERR_NOTINITIALIZED;
	return wic_create_codec_info(decoder->codec, false, info);
}

static HRESULT WINAPI decoder_CopyPalette(IWICBitmapDecoder *self, IWICPalette *palette)
{
	struct decoder *decoder = (struct decoder *)self;

	if (!palette)
		return E_INVALIDARG;
	if (!decoder->initialized)
		return WINCODEC_ERR_WRONGSTATE;
	if (!decoder->picture.palette_count)
		return WINCODEC_ERR_PALETTEUNAVAILABLE;
	return COM_CALL(palette, InitializeCustom, decoder->picture.palette, decoder->picture.palette_count, 0);
}

static HRESULT WINAPI decoder_GetMetadataQueryReader(IWICBitmapDecoder *self, void **reader)
{
	if (!reader)
		return E_INVALIDARG;
	*reader = NULL;
	return WINCODEC_ERR_UNSUPPORTEDOPERATION;
}

static HRESULT WINAPI decoder_GetPreview(IWICBitmapDecoder *self, IWICBitmapSource **preview)
{
	if (!preview)
		return E_INVALIDARG;
	*preview = NULL;
	return WINCODEC_ERR_UNSUPPORTEDOPERATION;
}

static HRESULT WINAPI decoder_GetColorContexts(IWICBitmapDecoder *self, UINT count, IWICColorContext **contexts,
					       UINT *actual)
{
	return WINCODEC_ERR_UNSUPPORTEDOPERATION;
}

static HRESULT WINAPI decoder_GetThumbnail(IWICBitmapDecoder *self, IWICBitmapSource **thumbnail)
{
	if (!thumbnail)
		return E_INVALIDARG;
	*thumbnail = NULL;
	return WINCODEC_ERR_CODECNOTHUMBNAIL;
}

static HRESULT WINAPI decoder_GetFrameCount(IWICBitmapDecoder *self, UINT *count)
{
	if (!count)
		return E_INVALIDARG;
	*count = ((struct decoder *)self)->picture.count;
	return S_OK;
}

static HRESULT WINAPI decoder_GetFrame(IWICBitmapDecoder *self, UINT index, IWICBitmapSource **result)
{
	struct decoder *decoder = (struct decoder *)self;
	struct frame *frame;

	if (!result)
		return E_INVALIDARG;
	*result = NULL;
	if (!decoder->initialized)
		return WINCODEC_ERR_FRAMEMISSING;
	if (index >= decoder->picture.count)
		return decoder->codec->multiframe ? WINCODEC_ERR_FRAMEMISSING : E_INVALIDARG;
	frame = com_allocate(sizeof(*frame));
	if (!frame)
		return E_OUTOFMEMORY;
	frame->iface.vtbl = (const IWICBitmapSourceVtbl *)&frame_vtbl;
	frame->references = 1;
	frame->image = wic_image_reference(decoder->picture.frames[index]);
	frame->decoder = decoder;
	decoder_AddRef(self);
	*result = &frame->iface;
	return S_OK;
}

static const struct decoder_vtbl {
	COM_UNKNOWN(IWICBitmapDecoder);
	HRESULT(WINAPI *QueryCapability)(IWICBitmapDecoder *, IStream *, DWORD *);
	HRESULT(WINAPI *Initialize)(IWICBitmapDecoder *, IStream *, INT);
	HRESULT(WINAPI *GetContainerFormat)(IWICBitmapDecoder *, GUID *);
	HRESULT(WINAPI *GetDecoderInfo)(IWICBitmapDecoder *, void **);
	HRESULT(WINAPI *CopyPalette)(IWICBitmapDecoder *, IWICPalette *);
	HRESULT(WINAPI *GetMetadataQueryReader)(IWICBitmapDecoder *, void **);
	HRESULT(WINAPI *GetPreview)(IWICBitmapDecoder *, IWICBitmapSource **);
	HRESULT(WINAPI *GetColorContexts)(IWICBitmapDecoder *, UINT, IWICColorContext **, UINT *);
	HRESULT(WINAPI *GetThumbnail)(IWICBitmapDecoder *, IWICBitmapSource **);
	HRESULT(WINAPI *GetFrameCount)(IWICBitmapDecoder *, UINT *);
	HRESULT(WINAPI *GetFrame)(IWICBitmapDecoder *, UINT, IWICBitmapSource **);
} decoder_vtbl = {
	decoder_QueryInterface,
	decoder_AddRef,
	decoder_Release,
	decoder_QueryCapability,
	decoder_Initialize,
	decoder_GetContainerFormat,
	decoder_GetDecoderInfo,
	decoder_CopyPalette,
	decoder_GetMetadataQueryReader,
	decoder_GetPreview,
	decoder_GetColorContexts,
	decoder_GetThumbnail,
	decoder_GetFrameCount,
	decoder_GetFrame,
};

HRESULT wic_create_decoder(const struct wic_codec *codec, IWICBitmapDecoder **decoder)
{
	struct decoder *made = com_allocate(sizeof(*made));

	*decoder = made ? &made->iface : NULL;
	if (!made)
		return E_OUTOFMEMORY;
	made->iface.vtbl = &decoder_vtbl;
	made->references = 1;
	made->codec = codec;
	return S_OK;
}

HRESULT wic_decoder_open(IWICBitmapDecoder *decoder, IStream *stream)
{
	return decoder_Initialize(decoder, stream, 0);
}
