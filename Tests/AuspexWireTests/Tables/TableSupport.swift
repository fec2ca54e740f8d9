import AuspexWire
import CZlib

/// Reads text as the file `t`.
func read(_ text: String, _ configure: (inout TableOptions) -> Void = { _ in }) throws(TableError) -> TabularInput {
    try read(Array(text.utf8), configure)
}

/// Reads bytes as the file `t`.
func read(_ bytes: [UInt8], _ configure: (inout TableOptions) -> Void = { _ in }) throws(TableError) -> TabularInput {
    var options = TableOptions()
    configure(&options)
    return try TableReader(options: options).read(bytes: bytes, file: "t")
}

/// The message with which reading fails, nil when it does not.
func failure(_ text: String, _ configure: (inout TableOptions) -> Void = { _ in }) -> String? {
    failure(Array(text.utf8), configure)
}

/// The message with which reading fails, nil when it does not.
func failure(_ bytes: [UInt8], _ configure: (inout TableOptions) -> Void = { _ in }) -> String? {
    do throws(TableError) {
        _ = try read(bytes, configure)
        return nil
    } catch {
        return error.description
    }
}

/// Compresses with gzip's header and check sum.
func gzipped(_ bytes: [UInt8], level: Int32 = 6) -> [UInt8] {
    var stream = z_stream()
    var input = bytes
    var output = [UInt8](repeating: 0, count: bytes.count + bytes.count / 1_000 + 64)
    let produced = input.withUnsafeMutableBufferPointer { input in
        output.withUnsafeMutableBufferPointer { output in
            guard auspex_deflate_init(&stream, level, 15 + 16) == Z_OK else { return 0 }
            stream.next_in = input.baseAddress
            stream.avail_in = UInt32(input.count)
            stream.next_out = output.baseAddress
            stream.avail_out = UInt32(output.count)
            let status = deflate(&stream, Z_FINISH)
            deflateEnd(&stream)
            return status == Z_STREAM_END ? output.count - Int(stream.avail_out) : 0
        }
    }
    return Array(output[..<produced])
}
