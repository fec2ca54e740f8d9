import Foundation

/// A table in NumPy's format (`numpy.save`, versions 1 to 3): numbers alone, rows by columns in C order. Nothing in it is
/// ever run.
struct NumPyArray {
    /// The columns, each with all rows.
    let columns: [[Double]]

    private static let magic: [UInt8] = [0x93] + Array("NUMPY".utf8)
    /// A description of one array takes some 120 bytes.
    private static let headerLimit = 1 << 16
    /// Numbers, 8 bytes each once read: 2 GiB, as for other tables.
    private static let cellLimit = 1 << 28
    /// The kinds of numbers that are read, and their sizes.
    private static let sizes = ["<f8": 8, "<f4": 4, "<i8": 8, "<i4": 4, "|u1": 1, "|i1": 1, "|b1": 1]

    /// Reads the file at `path`.
    ///
    /// - Throws: ``DatasetError``.
    init(path: String) throws(DatasetError) {
        let limit = Self.cellLimit * 8 + Self.headerLimit
        let size = (try? FileManager.default.attributesOfItem(atPath: path))?[.size] as? Int ?? 0
        guard size <= limit else { throw DatasetError(path, .tooLarge(limit: limit)) }
        guard let data = FileManager.default.contents(atPath: path) else {
            throw DatasetError(path, .notAnArray(reason: "it cannot be opened"))
        }
        do throws(Damage) {
            columns = try Self.columns(of: [UInt8](data))
        } catch {
            throw DatasetError(path, .notAnArray(reason: error.reason))
        }
    }

    private struct Damage: Error { var reason: String }

    private static func columns(of bytes: [UInt8]) throws(Damage) -> [[Double]] {
        guard bytes.starts(with: magic), bytes.count > 12 else {
            throw Damage(reason: "it does not begin as NumPy's files do")
        }
        let version = bytes[6]
        guard (1...3).contains(version) else { throw Damage(reason: "its version is \(version)") }
        let lengthSize = version == 1 ? 2 : 4
        let length = (0..<lengthSize).reduce(0) { $0 | Int(bytes[8 + $1]) << (8 * $1) }
        let begin = 8 + lengthSize + length
        guard length <= headerLimit, begin <= bytes.count else { throw Damage(reason: "its header is cut off") }
        let header = String(decoding: bytes[(8 + lengthSize)..<begin], as: UTF8.self)
        guard let kind = header.firstMatch(of: /'descr':\s*'([^']*)'/)?.1, let size = sizes[String(kind)] else {
            let kinds = sizes.keys.sorted().joined(separator: ", ")
            throw Damage(reason: "its numbers are of a kind that is none of \(kinds)")
        }
        guard let shape = header.firstMatch(of: /'shape':\s*\(([0-9, ]*)\)/)?.1 else {
            throw Damage(reason: "its header has no shape")
        }
        let extents = shape.split { $0 == "," || $0 == " " }.compactMap { Int($0) }
        guard extents.count == 1 || extents.count == 2, extents.allSatisfy({ $0 > 0 }) else {
            throw Damage(reason: "its shape (\(shape)) is not rows by columns")
        }
        let (rows, width) = (extents[0], extents.count == 2 ? extents[1] : 1)
        if width > 1, header.contains(/'fortran_order':\s*True/) { throw Damage(reason: "it is in Fortran order") }
        let (cells, overflow) = rows.multipliedReportingOverflow(by: width)
        guard !overflow, cells <= cellLimit else { throw Damage(reason: "it has more than \(cellLimit) numbers") }
        guard bytes.count - begin == cells * size else {
            throw Damage(reason: "it has \(bytes.count - begin) bytes of numbers where \(cells * size) belong")
        }
        let read = reader(of: String(kind))
        return bytes.withUnsafeBytes { raw in
            (0..<width).map { column in
                (0..<rows).map { row in read(raw, begin + (row * width + column) * size) }
            }
        }
    }

    /// How a number of this kind is read at a place, little end first.
    private static func reader(of kind: String) -> (UnsafeRawBufferPointer, Int) -> Double {
        switch kind {
        case "<f8":
            { Double(bitPattern: UInt64(littleEndian: $0.loadUnaligned(fromByteOffset: $1, as: UInt64.self))) }
        case "<f4":
            { Double(Float(bitPattern: UInt32(littleEndian: $0.loadUnaligned(fromByteOffset: $1, as: UInt32.self)))) }
        case "<i8": { Double(Int64(littleEndian: $0.loadUnaligned(fromByteOffset: $1, as: Int64.self))) }
        case "<i4": { Double(Int32(littleEndian: $0.loadUnaligned(fromByteOffset: $1, as: Int32.self))) }
        case "|i1": { Double($0.load(fromByteOffset: $1, as: Int8.self)) }
        default: { Double($0[$1]) }
        }
    }
}
