import { Skeleton } from '@/components/ui/skeleton'

export function PageLoading() {
  return (
    <div role="status" aria-label="Carregando" className="mx-auto flex w-full max-w-[1440px] flex-col gap-5 p-6 lg:p-8">
      <Skeleton className="h-7 w-48" />
      <Skeleton className="h-40 w-full rounded-xl" />
      <Skeleton className="h-40 w-full rounded-xl" />
    </div>
  )
}
