package web

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"strconv"

	"github.com/gin-gonic/gin"
)

const (
	defaultDownloadBytes = 1 << 20
	maxDownloadBytes     = 1 << 40
	maxUploadParts       = 1000
)

// received says what has come.
type received struct {
	Field  string     `json:"field,omitempty"`
	Name   string     `json:"name,omitempty"`
	Bytes  int64      `json:"bytes"`
	SHA256 string     `json:"sha256"`
	Parts  []received `json:"parts,omitempty"`
}

// upload reads a body of any size without keeping it: a form with files, or just bytes. The
// answer counts and digests the content, of each part and of all parts one after the other.
func (s *Server) upload(c *gin.Context) {
	media, _, _ := mime.ParseMediaType(c.GetHeader("Content-Type"))
	read := readRaw
	if media == "multipart/form-data" {
		read = readParts
	}
	result, err := read(c.Request)
	if err != nil {
		_ = c.Error(err)
		refuse(c, http.StatusBadRequest, "The upload could not be read: "+err.Error())
		return
	}
	c.JSON(http.StatusOK, result)
}

func readRaw(r *http.Request) (received, error) {
	return consume(r.Body)
}

func readParts(r *http.Request) (received, error) {
	reader, err := r.MultipartReader()
	if err != nil {
		return received{}, err
	}
	var all received
	sum := sha256.New()
	for {
		part, err := reader.NextPart()
		if errors.Is(err, io.EOF) {
			all.SHA256 = hex.EncodeToString(sum.Sum(nil))
			return all, nil
		}
		if err != nil {
			return received{}, err
		}
		if len(all.Parts) == maxUploadParts {
			return received{}, fmt.Errorf("there are more than %d parts", maxUploadParts)
		}
		one, err := consume(io.TeeReader(part, sum))
		if err != nil {
			return received{}, err
		}
		one.Field, one.Name = part.FormName(), part.FileName()
		all.Bytes += one.Bytes
		all.Parts = append(all.Parts, one)
	}
}

func consume(r io.Reader) (received, error) {
	sum := sha256.New()
	count, err := io.Copy(sum, r)
	return received{Bytes: count, SHA256: hex.EncodeToString(sum.Sum(nil))}, err
}

// downloadPeriod is the number of bytes after which a download repeats itself: the byte at offset
// i is i % 251, so that a client can check what it gets. 251 is prime: a piece that is lost or
// doubled is seen.
const downloadPeriod = 251

var downloadBlock = func() []byte {
	block := make([]byte, downloadPeriod*256)
	for i := range block {
		block[i] = byte(i % downloadPeriod)
	}
	return block
}()

// repeated is a reader without an end.
type repeated struct{ offset int }

func (r *repeated) Read(p []byte) (int, error) {
	n := copy(p, downloadBlock[r.offset:])
	r.offset = (r.offset + n) % len(downloadBlock)
	return n, nil
}

// download streams ?bytes= bytes.
func (s *Server) download(c *gin.Context) {
	size, err := queryInt(c, "bytes", defaultDownloadBytes, 0, maxDownloadBytes)
	if err != nil {
		refuse(c, http.StatusBadRequest, err.Error())
		return
	}
	c.Header("Content-Type", "application/octet-stream")
	c.Header("Content-Disposition", `attachment; filename="download.bin"`)
	c.Header("Content-Length", strconv.FormatInt(size, 10))
	c.Status(http.StatusOK)
	if c.Request.Method == http.MethodHead {
		return
	}
	if _, err := io.CopyN(c.Writer, &repeated{}, size); err != nil {
		_ = c.Error(err) // the other side has gone
	}
}
