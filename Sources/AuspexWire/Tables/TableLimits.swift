/// How much a table may ask for. The defaults are far above honest files and far below this machine's death.
package struct TableLimits: Hashable, Sendable {
    /// Bytes of text, after decompression. Default 4 GiB.
    package var bytes = 4 << 30
    /// Bytes of one line, or of one record whose quoted fields span lines. Default 16 MiB.
    package var lineBytes = 16 << 20
    /// Columns. Default 16,384, a spreadsheet's width.
    package var columns = 16_384
    /// Series. Default one million.
    package var series = 1_000_000
    /// Values in all columns of all series, 8 bytes each. Default 2²⁸, which is 2 GiB.
    package var cells = 1 << 28
    /// How much gzip may expand, once ``expansionAllowance`` is used up. Deflate itself ends at 1032; text of a million
    /// equal rows reaches several hundred, text of measurements stays below 50. Default 200.
    package var expansion = 200
    /// Decompressed bytes that are fine whatever their ratio. Default 64 MiB.
    package var expansionAllowance = 64 << 20

    /// Creates the default limits.
    package init() {}
}
