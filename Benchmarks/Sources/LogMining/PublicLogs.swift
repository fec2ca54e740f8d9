import Foundation

/// Public logs, which are no part of the repository.
struct PublicLogs {
    private static let systems = [
        "Apache", "BGL", "HDFS", "HPC", "Hadoop", "HealthApp", "Linux", "OpenSSH", "OpenStack", "Spark",
    ]

    private let folder: URL

    /// A part of the logs is not there.
    struct Missing: Error, CustomStringConvertible {
        var path: String

        var description: String { "\(path) is not there; set AUSPEX_TEST_DATA to the folder of the public data" }
    }

    init() {
        let repository = ["PublicLogs.swift", "LogMining", "Sources", "Benchmarks"]
            .reduce(URL(filePath: #filePath).resolvingSymlinksInPath()) { url, _ in url.deletingLastPathComponent() }
        let named = ProcessInfo.processInfo.environment["AUSPEX_TEST_DATA"]
        let data =
            named.map { URL(filePath: $0, relativeTo: repository) } ?? repository.appending(path: "../shared/data")
        folder = data.appending(path: "logs").standardizedFileURL
    }

    /// The messages of ten systems, a line of each in turn.
    func mixed() throws -> MessageList {
        let systems = try Self.systems.map {
            try column("Content", of: decompressed("loghub_2k/\($0)/\($0)_2k.log_structured.csv.gz"))
        }
        var lines = MessageList()
        for row in 0..<(systems.map(\.count).min() ?? 0) {
            for system in systems { lines.append(system[row]) }
        }
        return lines
    }

    /// The messages of HDFS: what stands behind date, time, number, level and component.
    func hdfs() throws -> MessageList {
        var lines = MessageList()
        for line in try decompressed("raw_labelled/HDFS_20000.log.gz").split(separator: UInt8(ascii: "\n")) {
            let fields = line.split(separator: UInt8(ascii: " "), maxSplits: 5, omittingEmptySubsequences: false)
            if fields.count == 6 { lines.append(fields[5]) }
        }
        return lines
    }

    private func decompressed(_ part: String) throws -> [UInt8] {
        let url = folder.appending(path: part)
        guard FileManager.default.fileExists(atPath: url.path) else { throw Missing(path: url.path) }
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["gzip", "-dc", url.path]
        let pipe = Pipe()
        process.standardOutput = pipe
        try process.run()
        let bytes = try pipe.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw CocoaError(.fileReadCorruptFile) }
        return [UInt8](bytes)
    }

    /// The values of a column of CSV (RFC 4180) with a header.
    private func column(_ name: String, of bytes: [UInt8]) -> [[UInt8]] {
        var rows: [[[UInt8]]] = [[]]
        var field: [UInt8] = []
        var isQuoted = false
        for byte in bytes {
            switch byte {
            // A quotation mark that is doubled ends the quotation and begins it again.
            case UInt8(ascii: "\""):
                isQuoted.toggle()
                if isQuoted, !field.isEmpty { field.append(byte) }
            case UInt8(ascii: ",") where !isQuoted:
                rows[rows.count - 1].append(field)
                field = []
            case UInt8(ascii: "\n") where !isQuoted:
                if field.last == UInt8(ascii: "\r") { field.removeLast() }
                rows[rows.count - 1].append(field)
                field = []
                rows.append([])
            default: field.append(byte)
            }
        }
        if !field.isEmpty { rows[rows.count - 1].append(field) }
        guard let place = rows[0].firstIndex(of: Array(name.utf8)) else { return [] }
        return rows.dropFirst().compactMap { place < $0.count ? $0[place] : nil }
    }
}
