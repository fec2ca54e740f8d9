import Testing

@testable import AuspexWire

@Suite struct RemoteWriteHeadersTests {
    @Test(
        "the headers of remote write 1.0 are accepted",
        arguments: [
            ("application/x-protobuf", "snappy"),
            ("Application/X-Protobuf", "Snappy"),
            ("application/x-protobuf;proto=prometheus.WriteRequest", "snappy"),
            ("application/x-protobuf; proto=prometheus.WriteRequest ; charset=x", " snappy "),
            ("application/x-protobuf", nil),
        ] as [(String, String?)])
    func accepted(type: String, encoding: String?) throws {
        try RemoteWrite.checkHeaders(contentType: type, contentEncoding: encoding)
    }

    @Test(
        "other headers are answered with 415, so that senders of 2.0 fall back",
        arguments: [
            (nil, "snappy"),
            ("", "snappy"),
            ("application/json", "snappy"),
            ("application/x-protobuffer", "snappy"),
            ("application/x-protobuf;proto=io.prometheus.write.v2.Request", "snappy"),
            ("application/x-protobuf", "gzip"),
            ("application/x-protobuf", ""),
        ] as [(String?, String?)])
    func refused(type: String?, encoding: String?) {
        let error = #expect(throws: RemoteWriteError.self) {
            try RemoteWrite.checkHeaders(contentType: type, contentEncoding: encoding)
        }
        #expect(error?.status == 415)
    }

    @Test("a header is repeated short and printable")
    func printable() {
        let error = #expect(throws: RemoteWriteError.self) {
            try RemoteWrite.checkHeaders(
                contentType: "text/\u{1b}[31m" + String(repeating: "x", count: 1_000), contentEncoding: nil)
        }
        #expect(error?.description.contains("\u{1b}") == false)
        #expect((error?.description.count ?? .max) < 300)
    }
}
