import COpenBLAS

extension Float: BLASScalar {
    package static var prefix: String { "s" }

    package static func gemm(
        _ transposeA: Bool, _ transposeB: Bool, _ m: Int32, _ n: Int32, _ k: Int32, _ alpha: Float,
        _ a: UnsafePointer<Float>, _ lda: Int32, _ b: UnsafePointer<Float>, _ ldb: Int32, _ beta: Float,
        _ c: UnsafeMutablePointer<Float>, _ ldc: Int32
    ) {
        cblas_sgemm(
            CblasColMajor, transposeA ? CblasTrans : CblasNoTrans, transposeB ? CblasTrans : CblasNoTrans, m, n, k,
            alpha, a, lda, b, ldb, beta, c, ldc)
    }

    package static func syrk(
        _ transpose: Bool, _ n: Int32, _ k: Int32, _ alpha: Float, _ a: UnsafePointer<Float>, _ lda: Int32,
        _ beta: Float, _ c: UnsafeMutablePointer<Float>, _ ldc: Int32
    ) {
        cblas_ssyrk(
            CblasColMajor, CblasLower, transpose ? CblasTrans : CblasNoTrans, n, k, alpha, a, lda, beta, c, ldc)
    }

    package static func gemv(
        _ transpose: Bool, _ m: Int32, _ n: Int32, _ alpha: Float, _ a: UnsafePointer<Float>, _ lda: Int32,
        _ x: UnsafePointer<Float>, _ beta: Float, _ y: UnsafeMutablePointer<Float>
    ) {
        cblas_sgemv(CblasColMajor, transpose ? CblasTrans : CblasNoTrans, m, n, alpha, a, lda, x, 1, beta, y, 1)
    }

    package static func dot(_ n: Int32, _ x: UnsafePointer<Float>, _ y: UnsafePointer<Float>) -> Float {
        cblas_sdot(n, x, 1, y, 1)
    }

    package static func syevd(
        _ n: Int32, _ a: UnsafeMutablePointer<Float>, _ values: UnsafeMutablePointer<Float>,
        _ work: UnsafeMutablePointer<Float>, _ lwork: Int32, _ iwork: UnsafeMutablePointer<Int32>, _ liwork: Int32
    ) -> Int32 {
        var (n, lwork, liwork, info) = (n, lwork, liwork, Int32(0))
        ssyevd_("V", "L", &n, a, &n, values, work, &lwork, iwork, &liwork, &info, 1, 1)
        return info
    }

    package static func syevr(
        _ n: Int32, _ a: UnsafeMutablePointer<Float>, _ first: Int32, _ last: Int32,
        _ values: UnsafeMutablePointer<Float>, _ vectors: UnsafeMutablePointer<Float>,
        _ support: UnsafeMutablePointer<Int32>, _ work: UnsafeMutablePointer<Float>, _ lwork: Int32,
        _ iwork: UnsafeMutablePointer<Int32>, _ liwork: Int32
    ) -> Int32 {
        var (n, lwork, liwork, info) = (n, lwork, liwork, Int32(0))
        var (first, last, found) = (first, last, Int32(0))
        // Bounds are unused for a range of indices; tolerance 0 asks for LAPACK's own.
        var (unused, tolerance) = (Float(0), Float(0))
        ssyevr_(
            "V", "I", "L", &n, a, &n, &unused, &unused, &first, &last, &tolerance, &found, values, vectors, &n, support,
            work, &lwork, iwork, &liwork, &info, 1, 1, 1)
        return info
    }

    package static func gesdd(
        _ m: Int32, _ n: Int32, _ a: UnsafeMutablePointer<Float>, _ s: UnsafeMutablePointer<Float>,
        _ u: UnsafeMutablePointer<Float>, _ vt: UnsafeMutablePointer<Float>, _ work: UnsafeMutablePointer<Float>,
        _ lwork: Int32, _ iwork: UnsafeMutablePointer<Int32>
    ) -> Int32 {
        var (m, n, rank, lwork, info) = (m, n, Swift.min(m, n), lwork, Int32(0))
        sgesdd_("S", &m, &n, a, &m, s, u, &m, vt, &rank, work, &lwork, iwork, &info, 1)
        return info
    }

    package static func potrf(_ n: Int32, _ a: UnsafeMutablePointer<Float>) -> Int32 {
        var (n, info) = (n, Int32(0))
        spotrf_("L", &n, a, &n, &info, 1)
        return info
    }

    package static func potrs(
        _ n: Int32, _ columns: Int32, _ factor: UnsafePointer<Float>, _ b: UnsafeMutablePointer<Float>
    ) -> Int32 {
        var (n, columns, info) = (n, columns, Int32(0))
        spotrs_("L", &n, &columns, factor, &n, b, &n, &info, 1)
        return info
    }

    package static func gels(
        _ m: Int32, _ n: Int32, _ columns: Int32, _ a: UnsafeMutablePointer<Float>, _ b: UnsafeMutablePointer<Float>,
        _ work: UnsafeMutablePointer<Float>, _ lwork: Int32
    ) -> Int32 {
        var (m, n, columns, lwork, info) = (m, n, columns, lwork, Int32(0))
        sgels_("N", &m, &n, &columns, a, &m, b, &m, work, &lwork, &info, 1)
        return info
    }
}
