import AuspexTesting
import AuspexWire
import Foundation
import Testing

/// How the public data sets are read.
extension PublicData {
    /// The only file in `folder` whose name contains `part`, unpacked.
    static func file(in folder: URL, containing part: String) throws -> [UInt8] {
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.contains(part) }
        let name = try #require(names.count == 1 ? names.first : nil, "\(folder.path): \(names)")
        let pieces = try InputPieces(path: folder.appending(path: name).path)
        var bytes: [UInt8] = []
        while let piece = try pieces.next() { bytes += piece }
        return bytes
    }

    /// The columns of a CSV file by name.
    static func columns(of csv: [UInt8], _ names: [String]) throws -> [[String]] {
        try names.map { name in
            var reader = CSVColumn(name: name, file: "csv")
            var column: [String] = []
            let take = { (field: Span<UInt8>?) in
                guard let field else { return column.append("") }
                column.append(field.withUnsafeBufferPointer { String(decoding: $0, as: UTF8.self) })
            }
            try reader.feed(csv, take)
            try reader.finish(take)
            return column
        }
    }
}
