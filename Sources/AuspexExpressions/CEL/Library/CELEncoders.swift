import Foundation

/// `base64.encode` and `base64.decode`.
enum CELEncoders {
    static let functions: [CELFunction] = [
        .one("base64.encode", .global, .string) { value throws(CELError) -> CELValue in
            guard case .bytes(let bytes) = value else { throw .noOverload("base64.encode", value) }
            return .string(Data(bytes).base64EncodedString())
        },
        .one("base64.decode", .global, .type(.bytes)) { value throws(CELError) -> CELValue in
            guard case .string(let text) = value else { throw .noOverload("base64.decode", value) }
            // The padding may be left out.
            let padding = String(repeating: "=", count: (4 - text.utf8.count % 4) % 4)
            guard let data = Data(base64Encoded: text + padding) else {
                throw CELError(.invalidArgument, "the text is not base64")
            }
            return .bytes(Array(data))
        },
    ]
}
