import AuspexSignals
import AuspexWire

/// The anomalies of the telemetry of SMAP and MSL (Hundman et al. 2018), from their `labeled_anomalies.csv`.
struct ChannelList: Hashable, Sendable {
    /// What the file is called.
    static let fileName = "labeled_anomalies.csv"
    private static let byteLimit = 16 << 20

    private let path: String
    private var texts: [String: [String]] = [:]
    private var spacecraft: [String: String] = [:]

    /// Reads the columns `chan_id`, `anomaly_sequences` and `spacecraft`.
    ///
    /// - Throws: `TableError`, ``DatasetError``.
    init(path: String) throws {
        self.path = path
        let names = try Self.column("chan_id", of: path)
        let texts = try Self.column("anomaly_sequences", of: path)
        let spacecraft = try Self.column("spacecraft", of: path)
        // A channel may have several rows.
        for (index, name) in names.enumerated() {
            self.texts[name, default: []].append(texts[index])
            self.spacecraft[name] = spacecraft[index]
        }
    }

    /// Which spacecraft a channel is of; nil for one that is not in the list.
    func spacecraft(of channel: String) -> String? { spacecraft[channel] }

    /// The anomalous rows of a channel, first and last row included.
    ///
    /// - Throws: ``DatasetError``.
    func ranges(of channel: String) throws(DatasetError) -> [ClosedRange<Int>] {
        guard let texts = texts[channel] else { throw DatasetError(path, .unknownChannel(name: channel)) }
        var ranges: [ClosedRange<Int>] = []
        for text in texts {
            // A list of pairs is JSON: no pattern that could go back and forth in a long one.
            guard let pairs = (try? JSONValue(parsing: text))?.array else {
                throw DatasetError(
                    path, .notRanges(channel: channel, reason: "\(Excerpt.quoted(text)) is no list of pairs"))
            }
            for pair in pairs { ranges.append(try range(pair, of: channel)) }
        }
        return ranges
    }

    private func range(_ pair: JSONValue, of channel: String) throws(DatasetError) -> ClosedRange<Int> {
        let rows = (pair.array ?? []).map { $0.int.flatMap { Int(exactly: $0) } }
        guard rows.count == 2, let first = rows[0], let last = rows[1], first >= 0 else {
            let reason = "\(Excerpt.quoted(pair.canonicalText)) is no pair of rows"
            throw DatasetError(path, .notRanges(channel: channel, reason: reason))
        }
        guard first <= last else {
            throw DatasetError(path, .notRanges(channel: channel, reason: "\(first) and \(last) are not in order"))
        }
        return first...last
    }

    private static func column(_ name: String, of path: String) throws -> [String] {
        var reader = CSVColumn(name: name, file: path)
        var rows: [String] = []
        var total = 0
        func take(_ text: Span<UInt8>?) {
            if let text { rows.append(String(decoding: text)) } else { rows.append("") }
        }
        let pieces = try InputPieces(path: path)
        while let piece = try pieces.next() {
            total += piece.count
            guard total <= byteLimit else { throw DatasetError(path, .tooLarge(limit: byteLimit)) }
            try reader.feed(piece, take)
        }
        try reader.finish(take)
        if let error = reader.errors.first { throw error }
        return rows
    }
}

extension String {
    fileprivate init(decoding bytes: Span<UInt8>) {
        self = bytes.withUnsafeBufferPointer { String(decoding: $0, as: UTF8.self) }
    }
}
