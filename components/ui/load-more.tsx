/** Below a list that goes on. */
import { Button } from './button.tsx'

export interface Pages {
  hasNextPage: boolean
  isFetchingNextPage: boolean
  fetchNextPage(): unknown
}

export function LoadMore({ pages: { isFetchingNextPage, fetchNextPage } }: { pages: Pages }) {
  return (
    <Button className="self-center" pending={isFetchingNextPage} onClick={() => void fetchNextPage()}>
      Load more
    </Button>
  )
}
