import AuspexWire

/// What a followed file is read through; tests put files in its place that fail.
///
/// An error says nothing of what the file holds or where it ends.
protocol ReadableFile: Sendable {
    /// What the file is.
    var identity: FileIdentity { get }

    /// How many bytes the file has.
    func size() throws(FileOnDisk.Unreadable) -> Int64

    /// Up to `count` bytes from `position` on; fewer at the end of the file.
    func read(at position: Int64, count: Int) throws(FileOnDisk.Unreadable) -> [UInt8]

    /// A hash of the first `count` bytes.
    func fingerprint(of count: Int) throws(FileOnDisk.Unreadable) -> UInt64
}

extension FileOnDisk: ReadableFile {}
