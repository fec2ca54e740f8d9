import Foundation
import HTTPTypes
import Hummingbird
import NIOCore

/// An error answer as RFC 9457 describes it: what kind, what happened here, and what would be right.
struct Problem: Error, HTTPResponseError, Encodable, Sendable {
    /// The HTTP status.
    let status: HTTPResponse.Status
    /// The kind in a few words, the same for every occurrence.
    let title: String
    /// This occurrence, for the person who has to deal with it.
    let detail: String
    /// Further headers, such as Retry-After.
    var extraHeaders: HTTPFields = [:]
    /// What went wrong inside: logged and not told to the caller.
    var cause: String?

    private enum CodingKeys: String, CodingKey {
        case type, title, status, detail
    }

    init(
        _ status: HTTPResponse.Status, _ title: String, _ detail: String, headers: HTTPFields = [:],
        cause: String? = nil
    ) {
        self.status = status
        self.title = title
        self.detail = detail
        extraHeaders = headers
        self.cause = cause
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode("about:blank", forKey: .type)
        try container.encode(title, forKey: .title)
        try container.encode(status.code, forKey: .status)
        try container.encode(detail, forKey: .detail)
    }

    func response(from request: Request, context: some RequestContext) throws -> Response {
        let body = try JSONEncoder.api.encode(self)
        var headers = extraHeaders
        headers[.contentType] = "application/problem+json"
        return Response(status: status, headers: headers, body: .init(byteBuffer: ByteBuffer(bytes: body)))
    }
}

extension JSONEncoder {
    /// How the API writes JSON: sorted keys, so that equal answers are equal bytes.
    static var api: JSONEncoder {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return encoder
    }
}

extension Response {
    /// An answer with a JSON body.
    static func json(_ value: some Encodable, status: HTTPResponse.Status = .ok) throws -> Response {
        let body = try JSONEncoder.api.encode(value)
        return Response(
            status: status, headers: [.contentType: "application/json"],
            body: .init(byteBuffer: ByteBuffer(bytes: body)))
    }

    /// An answer in plain text.
    static func text(_ text: String, status: HTTPResponse.Status = .ok, type: String = "text/plain; charset=utf-8")
        -> Response
    {
        Response(status: status, headers: [.contentType: type], body: .init(byteBuffer: ByteBuffer(string: text)))
    }
}
