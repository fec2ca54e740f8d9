import AuspexSignals
import Crypto
import Foundation

extension AuditLog {
    /// What an entry hashes besides the hash of the one before it.
    ///
    /// An entry's hash is SHA-256, in hexadecimal, over the canonical JSON text of the array of the previous entry's hash,
    /// the milliseconds of its time, its kind, its run or null, and the canonical JSON text of its detail.
    struct Link: Sendable {
        /// The hash before the first entry.
        static let origin = String(repeating: "0", count: 64)
        private static let digits = Array("0123456789abcdef".utf8)

        /// The array's text from its second element on.
        private let rest: String

        init(at: Timestamp, kind: String, runID: String?, detail: String) {
            let fields: [JSONValue] = [
                .int(at.milliseconds), .string(kind), runID.map(JSONValue.string) ?? .null, .string(detail),
            ]
            rest = String(JSONValue.array(fields).canonicalText.dropFirst())
        }

        /// The hash of the entry that follows one with the hash `previous`.
        func hash(after previous: String) -> String {
            var hash = SHA256()
            hash.update(data: Data("[\(JSONValue.string(previous).canonicalText),".utf8))
            hash.update(data: Data(rest.utf8))
            var text: [UInt8] = []
            text.reserveCapacity(2 * SHA256.byteCount)
            for byte in hash.finalize() {
                text.append(Self.digits[Int(byte >> 4)])
                text.append(Self.digits[Int(byte & 0xf)])
            }
            return String(decoding: text, as: UTF8.self)
        }
    }

    /// An entry that is ready but for its place in the chain. It is made outside of the transaction, so that the one
    /// writer does not encode.
    struct Draft: Sendable {
        let kind: String
        let runID: String?
        let detail: String
        let at: Timestamp
        let link: Link

        init(kind: String, runID: String?, detail: JSONValue, at: Timestamp) {
            self.kind = kind
            self.runID = runID
            self.detail = detail.canonicalText
            self.at = at
            link = Link(at: at, kind: kind, runID: runID, detail: self.detail)
        }
    }
}
