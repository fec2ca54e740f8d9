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
        return try Inflate.gunzip(Array(Data(contentsOf: folder.appending(path: name))))
    }

    /// The columns of a CSV file by name.
    static func columns(of csv: [UInt8], _ names: [String]) throws -> [[String]] {
        let rows = csvRows(csv)
        let header = try #require(rows.first)
        return try names.map { name in
            let column = try #require(header.firstIndex(of: name), "\(name) in \(header)")
            return rows.dropFirst().map { column < $0.count ? $0[column] : "" }
        }
    }

    private static func csvRows(_ bytes: [UInt8]) -> [[String]] {
        var rows: [[String]] = []
        var row: [String] = []
        var field: [UInt8] = []
        var isQuoted = false
        var index = 0
        func endField() {
            row.append(String(decoding: field, as: UTF8.self))
            field = []
        }
        while index < bytes.count {
            let byte = bytes[index]
            if isQuoted {
                if byte != UInt8(ascii: "\"") {
                    field.append(byte)
                } else if index + 1 < bytes.count, bytes[index + 1] == byte {
                    field.append(byte)
                    index += 1
                } else {
                    isQuoted = false
                }
            } else {
                switch byte {
                case UInt8(ascii: "\""): isQuoted = true
                case UInt8(ascii: ","): endField()
                case UInt8(ascii: "\r"): break
                case UInt8(ascii: "\n"):
                    endField()
                    rows.append(row)
                    row = []
                default: field.append(byte)
                }
            }
            index += 1
        }
        if !row.isEmpty || !field.isEmpty {
            endField()
            rows.append(row)
        }
        return rows
    }
}
