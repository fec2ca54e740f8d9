import COpenBLAS

extension Double: BLASScalar {
    package static var prefix: String { "d" }

    package static func gemm(
        _ transposeA: Bool, _ transposeB: Bool, _ m: Int32, _ n: Int32, _ k: Int32, _ alpha: Double,
        _ a: UnsafePointer<Double>, _ lda: Int32, _ b: UnsafePointer<Double>, _ ldb: Int32, _ beta: Double,
        _ c: UnsafeMutablePointer<Double>, _ ldc: Int32
    ) {
        cblas_dgemm(
            CblasColMajor, transposeA ? CblasTrans : CblasNoTrans, transposeB ? CblasTrans : CblasNoTrans, m, n, k,
            alpha, a, lda, b, ldb, beta, c, ldc)
    }

    package static func syrk(
        _ transpose: Bool, _ n: Int32, _ k: Int32, _ alpha: Double, _ a: UnsafePointer<Double>, _ lda: Int32,
        _ beta: Double, _ c: UnsafeMutablePointer<Double>, _ ldc: Int32
    ) {
        cblas_dsyrk(
            CblasColMajor, CblasLower, transpose ? CblasTrans : CblasNoTrans, n, k, alpha, a, lda, beta, c, ldc)
    }

    package static func gemv(
        _ transpose: Bool, _ m: Int32, _ n: Int32, _ alpha: Double, _ a: UnsafePointer<Double>, _ lda: Int32,
        _ x: UnsafePointer<Double>, _ beta: Double, _ y: UnsafeMutablePointer<Double>
    ) {
        cblas_dgemv(CblasColMajor, transpose ? CblasTrans : CblasNoTrans, m, n, alpha, a, lda, x, 1, beta, y, 1)
    }

    package static func dot(_ n: Int32, _ x: UnsafePointer<Double>, _ y: UnsafePointer<Double>) -> Double {
        cblas_ddot(n, x, 1, y, 1)
    }

    package static func syevd(
        _ n: Int32, _ a: UnsafeMutablePointer<Double>, _ values: UnsafeMutablePointer<Double>,
        _ work: UnsafeMutablePointer<Double>, _ lwork: Int32, _ iwork: UnsafeMutablePointer<Int32>, _ liwork: Int32
    ) -> Int32 {
        var (n, lwork, liwork, info) = (n, lwork, liwork, Int32(0))
        dsyevd_("V", "L", &n, a, &n, values, work, &lwork, iwork, &liwork, &info, 1, 1)
        return info
    }

    package static func syevr(
        _ n: Int32, _ a: UnsafeMutablePointer<Double>, _ first: Int32, _ last: Int32,
        _ values: UnsafeMutablePointer<Double>, _ vectors: UnsafeMutablePointer<Double>,
        _ support: UnsafeMutablePointer<Int32>, _ work: UnsafeMutablePointer<Double>, _ lwork: Int32,
        _ iwork: UnsafeMutablePointer<Int32>, _ liwork: Int32
    ) -> Int32 {
        var (n, lwork, liwork, info) = (n, lwork, liwork, Int32(0))
        var (first, last, found) = (first, last, Int32(0))
        // Bounds are unused for a range of indices; tolerance 0 asks for LAPACK's own.
        var (unused, tolerance) = (Double(0), Double(0))
        dsyevr_(
            "V", "I", "L", &n, a, &n, &unused, &unused, &first, &last, &tolerance, &found, values, vectors, &n, support,
            work, &lwork, iwork, &liwork, &info, 1, 1, 1)
        return info
    }

    package static func gesdd(
        _ m: Int32, _ n: Int32, _ a: UnsafeMutablePointer<Double>, _ s: UnsafeMutablePointer<Double>,
        _ u: UnsafeMutablePointer<Double>, _ vt: UnsafeMutablePointer<Double>, _ work: UnsafeMutablePointer<Double>,
        _ lwork: Int32, _ iwork: UnsafeMutablePointer<Int32>
    ) -> Int32 {
        var (m, n, rank, lwork, info) = (m, n, Swift.min(m, n), lwork, Int32(0))
        dgesdd_("S", &m, &n, a, &m, s, u, &m, vt, &rank, work, &lwork, iwork, &info, 1)
        return info
    }

    package static func potrf(_ n: Int32, _ a: UnsafeMutablePointer<Double>) -> Int32 {
        var (n, info) = (n, Int32(0))
        dpotrf_("L", &n, a, &n, &info, 1)
        return info
    }

    package static func potrs(
        _ n: Int32, _ columns: Int32, _ factor: UnsafePointer<Double>, _ b: UnsafeMutablePointer<Double>
    ) -> Int32 {
        var (n, columns, info) = (n, columns, Int32(0))
        dpotrs_("L", &n, &columns, factor, &n, b, &n, &info, 1)
        return info
    }

    package static func gels(
        _ m: Int32, _ n: Int32, _ columns: Int32, _ a: UnsafeMutablePointer<Double>, _ b: UnsafeMutablePointer<Double>,
        _ work: UnsafeMutablePointer<Double>, _ lwork: Int32
    ) -> Int32 {
        var (m, n, columns, lwork, info) = (m, n, columns, lwork, Int32(0))
        dgels_("N", &m, &n, &columns, a, &m, b, &m, work, &lwork, &info, 1)
        return info
    }
}
