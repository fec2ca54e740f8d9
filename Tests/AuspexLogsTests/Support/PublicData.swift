import AuspexWire
import Foundation
import Testing

/// Where the public data sets are, and how they are read; nothing of them is in this repository.
enum PublicData {
    /// The folder named by `AUSPEX_TEST_DATA`, else `../shared/data` beside the repository; nil when it isn't there.
    static let root: URL? = {
        let named = ProcessInfo.processInfo.environment["AUSPEX_TEST_DATA"].map { URL(filePath: $0) }
        let source = URL(filePath: #filePath).resolvingSymlinksInPath()
        let repository = (0..<4).reduce(source) { folder, _ in folder.deletingLastPathComponent() }
        let folder = named ?? repository.appending(path: "../shared/data").standardizedFileURL
        return FileManager.default.fileExists(atPath: folder.path) ? folder : nil
    }()

    static func logs(_ path: String) -> URL? {
        guard let folder = root?.appending(path: "logs/\(path)") else { return nil }
        return FileManager.default.fileExists(atPath: folder.path) ? folder : nil
    }

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
